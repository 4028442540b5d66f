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
        /// The jobs it had begun that were under way, and were asked to end.
        package let jobs: [String]

        package var display: [DisplayBlock] {
            let ended = jobs.map { Cell("Job \($0), which it had begun, was asked to end.") }
            return [.lines([Cell("Token ‘\(name)’ no longer counts.", .good)] + ended)]
        }
    }

    package static let contract = Contract(
        resource: "token", verb: .custom("revoke"), summary: "Take a token back, at once and for good",
        discussion: """
            It counts for no request from now on. The jobs that it began and that are under way are asked to end, as ‘job cancel’ \
            does: what they had finished stays, and a restore that has begun to change a device is brought to its end by the device. \
            One that was about to begin does not.
            """,
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
            return Output(id: found.id, name: found.name, jobs: await ended(TokenJobs(found.id), context))
        } catch { throw OperationError(any: error) }
    }

    /// Asks the token's jobs to end; that it counts no more holds whatever becomes of them.
    private func ended(_ jobs: TokenJobs, _ context: OperationContext) async -> [String] {
        do throws(OperationError) { return try await jobs.end(in: context) } catch {
            context.warnings.add(
                "The token counts no more, but jobs that it began may go on: \(error.message). See: holdfast job list"
            )
            return []
        }
    }
}
