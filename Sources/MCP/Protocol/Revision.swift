/// A revision of the Model Context Protocol, and what it knows.
public enum Revision: String, Sendable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// Whether the left one comes before the right one.
    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }

    /// All of them.
    public static let newestFirst: [Revision] = allCases.sorted(by: >)

    /// The newest one that begins with `initialize`.
    public static let newestWithSessions = Revision.november2025

    /// Whether each request stands for itself; the others belong to a session that `initialize` began.
    public var isStateless: Bool { self >= .july2026 }

    /// Whether several messages may come in one array.
    public var hasBatches: Bool { self == .march2025 }

    /// Whether tools carry hints on what they do.
    public var hasToolAnnotations: Bool { self >= .march2025 }

    /// Whether content may be a sound.
    public var hasAudio: Bool { self >= .march2025 }

    /// Whether completion is offered as a capability, and progress may carry words.
    public var hasCompletionCapability: Bool { self >= .march2025 }

    /// Whether results may be data with a schema, content may name a resource, and things have titles.
    public var hasStructuredResults: Bool { self >= .june2025 }

    /// Whether the client may be asked to ask its user.
    public var hasElicitation: Bool { self >= .june2025 }

    /// Whether a server may describe itself, and a user may be sent to an address.
    public var hasServerDescription: Bool { self >= .november2025 }

    /// The number of the error for a resource that is not there.
    var unknownResourceCode: Int { isStateless ? -32602 : -32002 }
}
