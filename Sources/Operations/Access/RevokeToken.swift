import Basics
import Storage

/// Takes a token back.
package struct RevokeToken: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The token, by name or id.", .operand) var name: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let id: String
        package let name: String

        package var display: [DisplayBlock] { [.lines([Cell("Token ‘\(name)’ no longer counts.", .good)])] }
    }

    package static let contract = Contract(
        resource: "token", verb: .custom("revoke"), summary: "Take a token back, at once and for good",
        effect: .writes,
        errors: [.keyMissing, .levelTooLow, .notInitialised, .tokenUnknown],
        examples: [Contract.Example("holdfast token revoke laptop", "the laptop was lost")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        try context.checkMayManageTokens()
        let store = try await context.services.tokens()
        do {
            let all = try await store.tokens(limit: 1000)
            let named =
                all.first { $0.id == input.name }
                ?? all.first { $0.name == input.name && $0.revoked == nil }
            guard let found = named else {
                throw OperationError(
                    .tokenUnknown, "There is no token ‘\(input.name)’",
                    hint: "See: holdfast token list --all")
            }
            try await store.revokeToken(found.id, at: context.clock.now())
            return Output(id: found.id, name: found.name)
        } catch { throw OperationError(any: error) }
    }
}
