import Operations

/// Which level each tool needs, of those that some caller of this server may have.
struct LevelTable: Sendable {
    let operations: [AnyOperation]
    /// Those of callers whose token names none.
    let toolsets: Set<Toolset>

    /// The level that a tool needs which is offered to callers of a higher level than this one; nil for any other name.
    func levelNeeded(for tool: String, by principal: Principal) -> AccessLevel? {
        let offered = principal.effective(toolsets)
        let operation = operations.first { operation in
            guard let guidance = operation.contract.guidance else { return false }
            return guidance.name == tool && offered.contains(guidance.toolset)
                && (principal.scope == .all || operation.contract.reach != .everything)
        }
        guard let effect = operation?.contract.effect, !principal.level.allows(effect) else { return nil }
        return .needed(for: effect)
    }
}
