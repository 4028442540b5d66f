import Basics
import Storage

/// Lists the tokens.
package struct ListTokens: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Those too that expired or were revoked.") var all = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        // Not under the word ‘tokens’, as what stands there is hidden.
        package let grants: [TokenView]

        package var display: [DisplayBlock] {
            let rows = grants.map { token in
                [
                    Cell(token.id), Cell(token.name), Cell(token.level),
                    Cell(token.devices.isEmpty ? "all" : token.devices.joined(separator: " ")),
                    Cell(token.state, token.state == "valid" ? .good : .dim),
                    Cell(token.expires.description), Cell(token.lastUsed?.description ?? "never", .dim),
                ]
            }
            return [
                .table(
                    columns: [
                        Column("TOKEN", isWhole: true), "NAME", "LEVEL", "DEVICES", "STATE", "EXPIRES",
                        "LAST USED",
                    ],
                    rows: rows, empty: "There is no token.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "token", verb: .list, summary: "List the tokens", effect: .reads,
        errors: [.keyMissing, .levelTooLow, .notInitialised],
        examples: [Contract.Example("holdfast token list --all", "with those that no longer count")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        try context.checkMayManageTokens()
        let store = try await context.services.tokens()
        let now = context.clock.now()
        do {
            let views = try await store.tokens(limit: 1000).map { TokenView($0, now: now) }
            return Output(grants: views.filter { input.all || $0.state == "valid" })
        } catch { throw OperationError(error) }
    }
}
