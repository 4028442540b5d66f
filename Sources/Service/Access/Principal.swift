import Operations

/// Who sent a request, and what they may do.
struct Principal: Sendable, Equatable {
    /// `grant:ID`, `subject:NAME`, or `local` for programs of this machine without a token.
    let actor: String
    let level: AccessLevel
    let scope: DeviceScope
    /// Empty for the usual ones.
    let toolsets: [String]

    /// Whether an authorization server speaks for them, which can give them more when they ask.
    var hasIssuer: Bool { actor.hasPrefix("subject:") }

    /// Level, devices and toolsets in one text.
    var rights: String {
        let devices = scope.names.map { "only " + $0.joined(separator: " ") } ?? "all"
        return "\(level)\n\(devices)\n\(toolsets.sorted().joined(separator: " "))"
    }

    /// The toolsets they really have: those named, or the usual ones of this server.
    func effective(_ usual: Set<Toolset>) -> Set<Toolset> {
        toolsets.isEmpty ? usual : Set(toolsets.compactMap { Toolset(rawValue: $0) })
    }

    /// What an operation is told.
    func caller(surface: String) -> Caller {
        Caller(actor: actor, surface: surface, level: level, scope: scope)
    }
}
