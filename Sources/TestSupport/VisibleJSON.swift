package import Basics

extension JSONValue {
    /// What is left to see when every secret in the tree is hidden.
    package var hidingSecrets: JSONValue {
        if secretText != nil { return "‹hidden›" }
        return switch self {
        case .array(let elements): .array(elements.map(\.hidingSecrets))
        case .object(let members): .object(members.mapValues(\.hidingSecrets))
        default: self
        }
    }
}
