import Basics
import Operations

/// Which part of a list is wanted, and how much of each entry.
struct PageRequest: Sendable {
    /// A page, and where the next one begins.
    struct Cut {
        var elements: [JSONValue]
        /// Where the page begins in the whole list.
        let start: Int
        var next: JSONValue?
    }

    let isConcise: Bool
    let limit: Int
    /// What the list is of: the tool and its arguments; a cursor counts for these alone.
    let subject: String
    private let after: (offset: Int, key: String)?

    /// How much of the list must be known for this page, and one more that tells whether there is a next.
    var needed: Int { (after.map { $0.offset + 1 } ?? 0) + limit + 1 }

    /// Whether `list`, of which only so much was read, ends before this page does: entries came in front of it.
    func isBehind(_ list: [JSONValue], of read: Int, key: (JSONValue) -> String) -> Bool {
        guard let after, list.count >= read else { return false }
        guard let index = list.firstIndex(where: { key($0) == after.key }) else { return true }
        return index + 1 + limit >= list.count
    }

    /// Takes what this surface added out of `arguments`.
    init(_ arguments: inout [String: JSONValue], of tool: String) throws(OperationError) {
        typealias Argument = OperationTool.Argument
        switch arguments.removeValue(forKey: Argument.format) {
        case nil, .null?, "concise"?: isConcise = true
        case "detailed"?: isConcise = false
        default:
            throw OperationError(
                .argumentInvalid, "‘\(Argument.format)’ takes ‘concise’ or ‘detailed’")
        }
        switch arguments.removeValue(forKey: Argument.limit) {
        case nil, .null?: limit = Argument.usualLimit
        case let given?:
            guard let number = given.int, (1...Int64(Argument.largestLimit)).contains(number) else {
                throw OperationError(
                    .argumentInvalid, "‘\(Argument.limit)’ takes 1 to \(Argument.largestLimit)")
            }
            limit = Int(number)
        }
        let cursor = arguments.removeValue(forKey: Argument.cursor)
        subject = tool + "\n" + Self.mark(JSONWriter.bytes(.object(arguments)))
        switch cursor {
        case nil, .null?: after = nil
        case let given?:
            guard let place = Self.place(in: given, of: subject) else {
                throw OperationError(
                    .argumentInvalid, "This cursor belongs to another call",
                    hint: "Give the same arguments as on the page before, or begin without a cursor.")
            }
            after = place
        }
    }

    /// The page of `list`.
    func cut(_ list: [JSONValue], key: (JSONValue) -> String) throws(OperationError) -> Cut {
        var start = 0
        if let after {
            let isThere = list.indices.contains(after.offset) && key(list[after.offset]) == after.key
            guard let index = isThere ? after.offset : list.firstIndex(where: { key($0) == after.key }) else {
                throw OperationError(
                    .argumentInvalid, "The list changed since this cursor was given out",
                    hint: "Begin again without a cursor.")
            }
            start = index + 1
        }
        let elements = Array(list[start...].prefix(limit))
        let end = start + elements.count
        let next = end < list.count ? elements.last.map { cursor(end - 1, key($0)) } : nil
        return Cut(elements: elements, start: start, next: next)
    }

    /// The beginning of a page.
    func shortened(_ cut: Cut, to count: Int, key: (JSONValue) -> String) -> Cut {
        let elements = Array(cut.elements.prefix(count))
        let next = elements.last.map { cursor(cut.start + count - 1, key($0)) }
        return Cut(elements: elements, start: cut.start, next: next)
    }

    private func cursor(_ offset: Int, _ key: String) -> JSONValue {
        .string(Base64.string(Array("\(subject)\n\(offset)\n\(key)".utf8)))
    }

    private static func place(in cursor: JSONValue, of subject: String) -> (offset: Int, key: String)? {
        guard let bytes = cursor.string.flatMap({ Base64.bytes($0) }),
            let text = String(validating: bytes, as: UTF8.self), text.hasPrefix(subject + "\n")
        else { return nil }
        let rest = text.dropFirst(subject.count + 1)
        guard let line = rest.firstIndex(of: "\n"), let offset = Int(rest[..<line]), offset >= 0,
            offset < 1_000_000
        else { return nil }
        return (offset, String(rest[rest.index(after: line)...]))
    }

    /// A short mark of bytes (FNV-1a, 64 bits); tells calls apart and protects nothing.
    private static func mark(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}
