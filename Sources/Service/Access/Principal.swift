import Operations

/// Who sent a request, and what they may do.
struct Principal: Sendable, Equatable {
    /// `token:ID`, `oauth:SUBJECT`, or `local` for programs of this machine without a token.
    let actor: String
    let level: AccessLevel
    let scope: DeviceScope
    /// Empty for the usual ones.
    let toolsets: [String]

    /// What an operation is told.
    func caller(surface: String) -> Caller {
        Caller(actor: actor, surface: surface, level: level, scope: scope)
    }
}
