import Basics
import RemoteExecution
import Storage

/// Adopts a policy: a person says yes, once, to plans of a narrow kind.
package struct AdoptPolicy: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The file that describes the policy, in JSON.", .operand, placeholder: "FILE") var file: String
        package init() {}
    }

    package static let contract = Contract(
        resource: "policy", verb: .custom("adopt"),
        summary: "Adopt a policy: plans of a narrow kind need no person any more",
        discussion: """
            Shows what the file allows and wants the names of its devices typed, at a terminal. From then on ‘restore apply’ of \
            a plan that the policy covers needs no person; the approval is marked as the policy's. A policy never covers an \
            area that may lock people out unless it names it, never a backup of another machine, and never a device that \
            needs several people. The file may go: what counts is what was shown.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .fileUnknown, .ioFailed, .deviceUnknown, .policyExists, .personRequired,
            .approvalMissing,
            .auditBroken,
        ],
        examples: [
            Contract.Example("holdfast policy adopt nightly.json", "read it, type the names of its devices")
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PolicyView
    {
        var policy = try read(input.file)
        let now = context.clock.now()
        guard now < policy.expires, policy.expires <= now + Policy.longest else {
            throw refusal(input.file, "‘expires’ must lie ahead, 366 days at most")
        }
        policy.machines = try await machines(policy, context)
        let book = try await Grants(context: context).book()
        let taken = try await PolicyBook(context: context).entries(book)
        if taken.contains(where: { $0.record.name == policy.name && $0.record.revoked == nil }) {
            throw OperationError(
                .policyExists, "There is already a policy called ‘\(policy.name)’",
                hint: "Take it back first: holdfast policy revoke \(policy.name.shellWord)")
        }
        var record = PolicyRecord(
            id: PlanBook.newID(), name: policy.name, document: policy.canonical, adopted: now,
            who: context.caller.actor)
        let witness = try await ask(policy, record, context)
        record.who = witness.actor
        record.adopted = context.clock.now()
        let hash = try await context.services.restoreHash()
        try await Grants(context: context).write(
            .adopted(
                policy: record.id, name: policy.name, digest: PolicyBook.digest(record.id, policy, hash)))
        let store = try await context.services.policies()
        do { try await store.add(record) } catch {
            throw error.code == .conflict
                ? OperationError(.policyExists, error.message) : OperationError(error)
        }
        return PolicyView(PolicyBook.Entry(record: record, policy: policy, state: .valid))
    }

    /// Wants the names of all devices typed.
    private func ask(
        _ policy: Policy, _ record: PolicyRecord, _ context: OperationContext
    ) async throws(OperationError) -> Witness {
        guard let person = context.person else {
            throw OperationError(
                .personRequired, "Policy \(policy.name) needs the yes of a person at a terminal",
                hint: "On a terminal, run the same command.")
        }
        let names = policy.machines.map(\.device).joined(separator: " ")
        let view = PolicyView(PolicyBook.Entry(record: record, policy: policy, state: .valid))
        let summary = view.display.map { $0.redacted(by: context.services.redactor) }
        let question =
            "Until \(policy.expires) nobody is asked for such plans. Type the names of its devices, with spaces between, to adopt it:"
        guard try await person.confirms(names, asked: question, after: summary) else {
            throw OperationError(.approvalMissing, "Policy \(policy.name) was not adopted")
        }
        return person.witness
    }

    private func read(_ file: String) throws(OperationError) -> Policy {
        let text: String
        do throws(SystemError) { text = try SmallFile.text(at: file) } catch {
            let shown = TerminalText.escape(file)
            guard !error.meansAbsence else {
                throw OperationError(
                    .fileUnknown, "There is no file \(shown)",
                    hint: "Name the file that describes the policy; docs/policies.md shows one.")
            }
            throw OperationError(
                .ioFailed, "The policy \(shown) cannot be read: \(error.reason)",
                hint: "Name an ordinary file that this user may read.")
        }
        guard let members = (try? JSONParser.parse(text))?.object else {
            throw refusal(file, "it is no JSON object")
        }
        do throws(PolicyReader.Problem) { return try PolicyReader(members).policy() } catch {
            throw refusal(file, error.description)
        }
    }

    private func refusal(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            .argumentInvalid, "\(TerminalText.escape(file)) is no policy: \(TerminalText.escape(reason))",
            hint: "The form is described in docs/policies.md.")
    }

    /// The machines that the policy means now; later ones of a tag are not covered.
    private func machines(
        _ policy: Policy, _ context: OperationContext
    ) async throws(OperationError) -> [Policy.Machine] {
        var devices: [Device] = []
        if policy.tag.isEmpty {
            for text in policy.devices {
                guard let name = DeviceName(text) else { continue }
                devices.append(try await context.device(name))
            }
        } else {
            devices = try await context.devices().filter { $0.tags.contains(policy.tag) }
        }
        guard !devices.isEmpty else {
            throw OperationError(.deviceUnknown, "No device has the tag \(policy.tag)")
        }
        return devices.sorted { $0.name < $1.name }.map { device in
            Policy.Machine(device: device.name.text, hostKey: device.hostKey?.fingerprint ?? "")
        }
    }
}
