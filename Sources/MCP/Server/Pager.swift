import Basics

/// Cuts lists into pages, and remembers where the next one begins by what stood last on the one before.
///
/// A cursor stays right when the list changes elsewhere; it is refused only when the very thing it names is gone.
struct Pager: Sendable {
    let method: String
    let size: Int

    /// The page that `cursor` means, and the cursor of the next one.
    func page<Element>(
        of list: [Element], after cursor: JSONValue?, key: (Element) -> String
    ) throws(RPCError) -> (page: ArraySlice<Element>, next: String?) {
        var start = 0
        if let cursor {
            guard let last = position(in: cursor) else {
                throw .invalidParameters("This cursor was not given out here")
            }
            guard let index = list.firstIndex(where: { key($0) == last }) else {
                throw .invalidParameters(
                    "The list changed since this cursor was given out; begin without one")
            }
            start = index + 1
        }
        let page = list[start...].prefix(size)
        guard let last = page.last, page.endIndex < list.endIndex else { return (page, nil) }
        return (page, Base64.string(Array("\(method)\n\(key(last))".utf8)))
    }

    private func position(in cursor: JSONValue) -> String? {
        guard let text = cursor.string, let bytes = Base64.bytes(text),
            let plain = String(validating: bytes, as: UTF8.self), plain.hasPrefix(method + "\n")
        else { return nil }
        return String(plain.dropFirst(method.count + 1))
    }
}
