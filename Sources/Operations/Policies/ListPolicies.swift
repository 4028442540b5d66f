import Basics
import Storage

/// Lists policies.
package struct ListPolicies: ServiceOperation {
    package struct Input: OperationInput {
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let policies: [PolicyView]

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["POLICY", "DEVICES", "ADOPTED", "BY", "EXPIRES", "STATE"],
                    rows: policies.map { policy in
                        [
                            Cell(policy.name), Cell(policy.devices.joined(separator: ", ")),
                            Cell(policy.adopted.description), Cell(policy.who),
                            Cell(policy.expires?.description ?? ""), policy.stateCell,
                        ]
                    }, empty: "No policy was adopted: every plan needs a person.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "policy", verb: .list, summary: "List policies: which plans need no person", effect: .reads,
        errors: [.notInitialised],
        examples: [Contract.Example("holdfast policy list", "which plans need no person, newest first")],
        guidance: Guidance(
            "list_policies", title: "List policies", in: .upkeep,
            purpose: "Lists the policies that people adopted: which plans of restores need no person.",
            behaviour: "Only looks; nobody can adopt or change a policy from here.",
            use:
                "Use it to see what may be carried out without asking; for one policy in full use get_policy.",
            returns: "Returns a page of policies, newest first, with whether each still counts.",
            essentials: ["name", "state", "devices", "expires", "maxRisk"],
            next: [.init("get_policy", ["policy": "policies.0.name"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        Output(policies: try await context.policies().map(PolicyView.init))
    }
}

/// Shows one policy.
package struct GetPolicy: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The policy's name, or its id.", .operand) var policy: String
        package init() {}
    }

    package static let contract = Contract(
        resource: "policy", verb: .get, summary: "Show what a policy allows", effect: .reads,
        errors: [.policyUnknown],
        examples: [Contract.Example("holdfast policy show nightly", "what it allows, until when")],
        guidance: Guidance(
            "get_policy", title: "Show a policy", in: .upkeep,
            purpose:
                "Shows what one policy allows: devices, sections, paths, actions, hours, and until when.",
            behaviour: "Only looks.",
            use: "Use it to learn why a plan needed a person or none; to find policies use list_policies.",
            returns: "Returns the policy; ‘state’ is ‘valid’ only where it counts."))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PolicyView
    {
        PolicyView(try await context.policy(input.policy))
    }
}

/// Takes a policy back.
package struct RevokePolicy: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The policy's name, or its id.", .operand) var policy: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let policy: String

        package var display: [DisplayBlock] { [.lines([Cell("Policy \(policy) no longer counts.")])] }
    }

    package static let contract = Contract(
        resource: "policy", verb: .custom("revoke"), summary: "Take a policy back", effect: .writes,
        errors: [.policyUnknown],
        examples: [Contract.Example("holdfast policy revoke nightly", "its plans need a person again")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let entry = try await context.policy(input.policy)
        try await Grants(context: context).write(.withdrawn(policy: entry.record.id))
        let store = try await context.services.policies()
        do { try await store.revokePolicy(entry.record.id, at: context.clock.now()) } catch {
            throw OperationError(error)
        }
        return Output(policy: entry.record.name)
    }
}

extension OperationContext {
    /// All policies that are stored, newest first, with what each is worth.
    func policies() async throws(OperationError) -> [PolicyBook.Entry] {
        var book: GrantBook?
        do throws(OperationError) { book = try await Grants(context: self).book() } catch {
            guard error.code == .auditBroken else { throw error }
            warnings.add("No policy counts: \(error.message)")
        }
        return try await PolicyBook(context: self).entries(book)
    }

    /// The policy of that name or id; of several of one name, the newest.
    /// - Throws: `policyUnknown`.
    func policy(_ text: String) async throws(OperationError) -> PolicyBook.Entry {
        let entries = try await policies()
        guard
            let entry = entries.first(where: { $0.record.name == text && $0.record.revoked == nil })
                ?? entries.first(where: { $0.record.id == text || $0.record.name == text })
        else {
            throw OperationError(
                .policyUnknown, "There is no policy \(TerminalText.escape(text))",
                hint: "See: holdfast policy list")
        }
        return entry
    }
}
