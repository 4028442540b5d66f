import Basics
import Operations

/// Which part of a list is wanted, and how much of each entry.
struct PageRequest: Sendable {
    /// A page, and where the next one begins.
    struct Cut {
        var elements: [JSONValue]
        /// Where the page begins in the whole list.
        let start: Int
        fileprivate let source: String
        var next: JSONValue?
    }

    let isConcise: Bool
    let limit: Int
    /// What the list is of: the tool and its arguments; a cursor counts for these alone.
    let subject: String
    private let after: Place?

    /// Where the page before ended.
    private struct Place: Sendable {
        let offset: Int
        /// The last entries, the very last one first: of those that were taken away meanwhile the next one counts.
        let keys: [String]
        /// What the page was of where its arguments do not say so themselves; empty where they do.
        let source: String

        /// Where the entry lies that the page before ended with, or the last one before it that is there.
        func index(in list: [JSONValue], key: (JSONValue) -> String) -> Int? {
            if let last = keys.first, list.indices.contains(offset), key(list[offset]) == last {
                return offset
            }
            let places = Dictionary(list.indices.map { (key(list[$0]), $0) }) { first, _ in first }
            return keys.lazy.compactMap { places[$0] }.first
        }
    }

    /// How many entries a cursor knows.
    private static let remembered = 4

    /// How much of the list must be known for this page, and one more that tells whether there is a next.
    var needed: Int { (after.map { $0.offset + 1 } ?? 0) + limit + 1 }

    /// Whether `list`, of which only so much was read, ends before this page does: entries came in front of it.
    func isBehind(_ list: [JSONValue], of read: Int, key: (JSONValue) -> String) -> Bool {
        guard let after, list.count >= read else { return false }
        guard let index = after.index(in: list, key: key) else { return true }
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
            after = try Self.place(in: given, of: subject)
        }
    }

    /// The page of `list`.
    /// - Parameter source: what the list is of where the arguments leave that open, such as the backup that is the latest.
    func cut(
        _ list: [JSONValue], of source: String = "", key: (JSONValue) -> String
    ) throws(OperationError) -> Cut {
        var start = 0
        if let after {
            guard after.source == source else {
                throw OperationError(
                    .argumentInvalid,
                    "This cursor is of a list of \(after.source), and now it would be of \(source)",
                    hint:
                        "Begin again without a cursor; name \(after.source) for that one, if it is still there."
                )
            }
            guard let index = after.index(in: list, key: key) else {
                throw OperationError(
                    .argumentInvalid, "The list changed since this cursor was given out",
                    hint: "Begin again without a cursor.")
            }
            start = index + 1
        }
        let elements = Array(list[start...].prefix(limit))
        let end = start + elements.count
        let next = end < list.count ? cursor(end - 1, elements, source, key) : nil
        return Cut(elements: elements, start: start, source: source, next: next)
    }

    /// The beginning of a page.
    func shortened(_ cut: Cut, to count: Int, key: (JSONValue) -> String) -> Cut {
        let elements = Array(cut.elements.prefix(count))
        let next = cursor(cut.start + count - 1, elements, cut.source, key)
        return Cut(elements: elements, start: cut.start, source: cut.source, next: next)
    }

    private func cursor(
        _ offset: Int, _ elements: [JSONValue], _ source: String, _ key: (JSONValue) -> String
    ) -> JSONValue? {
        guard !elements.isEmpty else { return nil }
        let keys = elements.suffix(Self.remembered).reversed().map(key)
        let place: JSONValue = [
            "at": .int(Int64(offset)), "of": .string(source), "after": .array(keys.map { .string($0) }),
        ]
        return .string(Base64.string(Array("\(subject)\n".utf8) + JSONWriter.bytes(place)))
    }

    private static func place(
        in cursor: JSONValue, of subject: String
    ) throws(OperationError) -> Place {
        // The subject is two lines.
        guard let bytes = cursor.string.flatMap({ Base64.bytes($0) }), bytes.count <= longestCursor,
            let place = try? JSONParser.parse(
                Array(bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2).last ?? [])),
            let offset = place["at"]?.int, (0..<1_000_000).contains(offset),
            let keys = place["after"]?.array?.compactMap(\.string), !keys.isEmpty,
            keys.count <= remembered, let source = place["of"]?.string
        else {
            throw OperationError(
                .argumentInvalid, "‘\(OperationTool.Argument.cursor)’ is none that was given out here",
                hint: "Give ‘\(Answer.Member.cursor)’ of the page before as it is, or begin without a cursor."
            )
        }
        guard bytes.starts(with: "\(subject)\n".utf8) else {
            throw OperationError(
                .argumentInvalid, "This cursor belongs to another call",
                hint: "Give the same arguments as on the page before, or begin without a cursor.")
        }
        return Place(offset: Int(offset), keys: keys, source: source)
    }

    /// The most bytes of a cursor; paths are long at times.
    private static let longestCursor = 65_536

    /// A short mark of bytes (FNV-1a, 64 bits); tells calls apart and protects nothing.
    private static func mark(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}
