/// What a caller may do: each level holds those below it.
package enum AccessLevel: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// Look only.
    case read
    /// Look, and propose plans that a person may approve.
    case propose
    /// Whatever loses nothing.
    case write
    /// Everything.
    case destroy

    /// The name of the level, as it stands in tokens.
    package var description: String {
        switch self {
        case .read: "read"
        case .propose: "propose"
        case .write: "write"
        case .destroy: "destroy"
        }
    }

    /// The least level at which an operation of that effect may be run.
    package static func needed(for effect: Effect) -> AccessLevel {
        allCases.first { $0.allows(effect) } ?? .destroy
    }

    package static func < (left: AccessLevel, right: AccessLevel) -> Bool { left.rawValue < right.rawValue }

    /// Whether a caller of this level may run an operation of that effect.
    package func allows(_ effect: Effect) -> Bool {
        switch effect {
        case .reads: true
        case .proposes: self >= .propose
        case .writes: self >= .write
        case .destroys: self >= .destroy
        }
    }
}

/// Who calls, through what, and what they may do.
package struct Caller: Sendable, Equatable {
    /// `person:NAME`, `assistant:NAME`, `grant:ID`, `subject:NAME`, `local` or `schedule`.
    package let actor: String
    /// `cli`, `mcp`, `rest`.
    package let surface: String
    package let level: AccessLevel
    /// The devices they may see and touch.
    package let scope: DeviceScope

    package init(actor: String, surface: String, level: AccessLevel, scope: DeviceScope = .all) {
        self.actor = actor
        self.surface = surface
        self.level = level
        self.scope = scope
    }

    /// How the names of persons at a terminal begin, as actors.
    package static let personPrefix = "person:"

    /// Whether an actor is a person at a terminal.
    static func isPerson(_ actor: String) -> Bool { actor.hasPrefix(personPrefix) }

    /// The same caller, with the same rights, as another surface names them.
    package func through(_ surface: String) -> Caller {
        Caller(actor: actor, surface: surface, level: level, scope: scope)
    }
}
