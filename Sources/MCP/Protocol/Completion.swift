import Basics

/// What is to be completed: a blank of a prompt, or of a resource's address.
public struct CompletionQuestion: Sendable, Equatable {
    /// Where the blank is.
    public enum Place: Sendable, Equatable {
        case prompt(String)
        case template(String)
    }

    /// Where the blank is.
    public let place: Place
    /// Which blank.
    public let argument: String
    /// What was typed so far.
    public let text: String
    /// The blanks that are filled already.
    public let filled: [String: String]
}

/// What may stand in a blank.
public struct Completion: Sendable, Equatable {
    /// How many values one answer may hold.
    public static let limit = 100

    /// What fits, best first.
    public let values: [String]

    /// What fits; more than the limit are counted but not told.
    public init(_ values: [String]) { self.values = values }

    var json: JSONValue {
        [
            "values": .array(values.prefix(Self.limit).map { .string($0) }),
            "total": .int(Int64(values.count)),
            "hasMore": .bool(values.count > Self.limit),
        ]
    }
}
