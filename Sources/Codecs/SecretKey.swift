import CSodium

/// 32 secret bytes in memory that is locked, guarded and overwritten with zeros when given up.
///
/// Prints as `‹hidden›`.
///
/// `@unchecked Sendable` is sound: the memory is written in `init` only, and read-only from then on (the kernel
/// enforces that).
@safe package final class SecretKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    /// Length of every key, in bytes.
    package static let length = 32

    private let memory: UnsafeMutableRawPointer

    /// A new random key.
    package static func random() -> SecretKey { SecretKey(checked: SecureRandom.bytes(length)) }

    /// Nil unless `bytes` are exactly 32.
    package convenience init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.init(checked: bytes)
    }

    private init(checked bytes: [UInt8]) {
        Sodium.start()
        guard let memory = unsafe sodium_malloc(Self.length) else {
            preconditionFailure("no memory for a key")
        }
        unsafe self.memory = memory
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: Self.length).copyBytes(from: bytes)
        unsafe sodium_mprotect_readonly(memory)
    }

    deinit { unsafe sodium_free(memory) }

    /// Gives the 32 bytes to `body`, which must not keep the pointer.
    func withBytes<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
        try unsafe body(UnsafePointer(memory.assumingMemoryBound(to: UInt8.self)))
    }

    /// A copy of the bytes, for writing them to the key file or the recovery kit.
    package var exposed: [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: memory, count: Self.length))
    }

    /// A key of its own for one purpose.
    ///
    /// BLAKE2b as `crypto_kdf_derive_from_key` defines it.
    /// - Parameters:
    ///   - id: number of the subkey.
    ///   - context: the application; exactly eight bytes of UTF-8.
    package func subkey(_ id: UInt64, context: StaticString) -> SecretKey {
        precondition(context.utf8CodeUnitCount == crypto_kdf_CONTEXTBYTES, "a context has eight bytes")
        var bytes = [UInt8](repeating: 0, count: Self.length)
        var name = Array("\(context)".utf8).map { CChar(bitPattern: $0) }
        let status = unsafe withBytes { key in
            unsafe crypto_kdf_derive_from_key(&bytes, Self.length, id, &name, key)
        }
        precondition(status == 0, "crypto_kdf refused its own constants")
        let derived = SecretKey(checked: bytes)
        unsafe sodium_memzero(&bytes, bytes.count)
        return derived
    }

    package var description: String { "‹hidden›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
