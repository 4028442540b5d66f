import CSQLite

/// Compiled statements that nobody uses at the moment, by their text: most calls run the same few again and again.
///
/// Belongs to one connection and the actor that has it. Those that find no place are thrown away.
@safe final class StatementCache {
    /// The most statements that are kept.
    static let limit = 32

    private var handles: [String: OpaquePointer] = unsafe [:]

    deinit { removeAll() }

    /// How many are kept.
    var count: Int { unsafe handles.count }

    /// Hands a statement of that text out, without values; nil when none is kept.
    func take(_ sql: String) -> OpaquePointer? { unsafe handles.removeValue(forKey: sql) }

    /// Takes over a statement that is not used any more.
    func give(_ handle: OpaquePointer, _ sql: String) {
        // Its last step told what went wrong; the same code once more says nothing new.
        unsafe _ = sqlite3_reset(handle)
        guard unsafe handles.count < Self.limit, unsafe handles[sql] == nil else {
            unsafe _ = sqlite3_finalize(handle)
            return
        }
        unsafe _ = sqlite3_clear_bindings(handle)
        unsafe handles[sql] = handle
    }

    /// Throws all of them away.
    func removeAll() {
        while let kept = unsafe handles.popFirst() { unsafe _ = sqlite3_finalize(kept.value) }
    }
}
