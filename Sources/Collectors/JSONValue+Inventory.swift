import Basics

extension JSONValue {
    /// Whether a member of a tool's answer says nothing: null, false, zero, or without content.
    var isUnset: Bool {
        switch self {
        case .null, .bool(false), .int(0), .string(""), .array([]), .object([:]): true
        default: false
        }
    }

    /// The tree with every text wrapped that is a secret by its shape or by the member name it stands under.
    func guardingSecrets(named name: String = "") -> JSONValue {
        switch self {
        case .string(let text): .text(text, named: name)
        case .array(let elements): .array(elements.map { $0.guardingSecrets(named: name) })
        case .object(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0, $1.guardingSecrets(named: $0)) }))
        default: self
        }
    }

    /// The object without the members that say nothing; any other value as it is.
    var droppingUnset: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !$0.value.isUnset })
    }
}
