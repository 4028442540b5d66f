import Basics

/// How long what a caller sends may be, and how much of it is kept on record.
///
/// Any argument is a path, a name, a pattern or a sentence. What is longer would be carried through searches, messages and the
/// audit chain, which never forgets.
enum ArgumentLimits {
    /// One text, in bytes; an escaped path of the longest kind fits.
    static let text = 32 << 10
    /// All arguments of a call together, in bytes.
    static let whole = 256 << 10
    /// A text on the audit record, in bytes.
    private static let recorded = 1 << 10
    /// Elements of a list on the audit record.
    private static let elements = 100
    /// A message, in bytes.
    private static let message = 8 << 10

    /// Refuses what is too long, before anything is done with it.
    /// - Throws: `argumentInvalid`.
    static func check(_ arguments: [String: JSONValue]) throws(OperationError) {
        var sum = 0
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
            var longest = 0
            sum += name.utf8.count + length(of: value, longest: &longest)
            guard longest <= text, name.utf8.count <= text else {
                throw OperationError(
                    .argumentInvalid,
                    "‘\(cut(name, to: 60))’ has a text of \(ByteCount(Int64(max(longest, name.utf8.count))))",
                    hint: "A text may have \(ByteCount(Int64(text))).")
            }
        }
        guard sum <= whole else {
            throw OperationError(
                .argumentInvalid, "The arguments are \(ByteCount(Int64(sum))) long",
                hint: "They may be \(ByteCount(Int64(whole))) together: call it several times.")
        }
    }

    private static func length(of value: JSONValue, longest: inout Int) -> Int {
        switch value {
        case .null, .bool, .int, .double: return 8
        case .string(let text):
            longest = max(longest, text.utf8.count)
            return text.utf8.count
        case .array(let elements):
            var sum = 0
            for element in elements { sum += 1 + length(of: element, longest: &longest) }
            return sum
        case .object(let members):
            var sum = 0
            for (name, value) in members { sum += name.utf8.count + length(of: value, longest: &longest) }
            return sum
        }
    }

    /// The arguments as the record keeps them: the beginnings of long texts and lists.
    static func recorded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .int, .double: return value
        case .string(let text): return .string(cut(text, to: recorded))
        case .array(let all):
            let more: [JSONValue] =
                all.count > elements ? [.string("… and \(all.count - elements) more")] : []
            return .array(all.prefix(elements).map(recorded) + more)
        case .object(let members): return .object(members.mapValues(recorded))
        }
    }

    /// A message of a length that can be read.
    static func shortened(_ text: String) -> String { cut(text, to: message) }

    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
            + "… (\(ByteCount(Int64(text.utf8.count))))"
    }
}
