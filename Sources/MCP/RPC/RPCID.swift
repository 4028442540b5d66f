public import Basics

/// The name of a request; what comes back carries it unchanged, its type included.
public enum RPCID: Sendable, Hashable, CustomStringConvertible {
    case string(String)
    case int(Int64)

    /// Nil for what may be no id: null, fractions, anything else.
    public init?(_ value: JSONValue?) {
        switch value {
        case .string(let text)?: self = .string(text)
        case .int(let number)?: self = .int(number)
        default: return nil
        }
    }

    /// The id as it stands in a message.
    public var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .int(let number): .int(number)
        }
    }

    /// As people read it.
    public var description: String {
        switch self {
        case .string(let text): "‘\(text)’"
        case .int(let number): String(number)
        }
    }
}
