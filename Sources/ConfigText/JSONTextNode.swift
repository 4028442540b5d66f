import Basics

/// A value of a JSON text, with the places of its parts.
struct JSONTextNode: Sendable {
    /// A member of an object.
    struct Member: Sendable {
        let name: String
        /// Where its name begins.
        let start: Int
        /// Where its name ends, behind the quotation mark.
        let nameEnd: Int
        /// Where what stands before it ends: a comma, a brace or a comment.
        let gapStart: Int
        /// Whether that is a comment that ends with its line.
        let followsLineComment: Bool
        let value: JSONTextNode
        /// Where the comma after it stands.
        var comma: Int?
    }

    enum Content: Sendable {
        case object([Member])
        case array([JSONTextNode])
        case scalar(JSONValue)
    }

    let range: Range<Int>
    let content: Content
    /// Where what an object holds ends, its last comment included.
    let innerEnd: Int

    var members: [Member]? {
        guard case .object(let members) = content else { return nil }
        return members
    }

    /// The value without its places; of members of one name the last one counts, as readers have it.
    var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members):
            .object(Dictionary(members.map { ($0.name, $0.value.json) }) { _, last in last })
        }
    }

    /// The value with its members in their order; of members of one name the last one counts.
    var ordered: ConfigValue {
        switch content {
        case .scalar(let value): return ConfigValue(value) { _ in [] }
        case .array(let elements): return .list(elements.map(\.ordered))
        case .object(let members):
            let last = Dictionary(members.map { ($0.name, $0.start) }) { _, last in last }
            return .table(
                members.filter { last[$0.name] == $0.start }.map {
                    ConfigValue.Member($0.name, $0.value.ordered)
                })
        }
    }
}
