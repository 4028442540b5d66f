import Basics
import RemoteExecution
package import Restore
import Vault

/// Writes down how to get a device back on a blank machine.
package struct PlanRebuild: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device to rebuild; it need not exist any more.", .operand) var device: String
        @Field(
            "The name that the new machine gets in Holdfast; the old name and ‘-new’ unless given.",
            placeholder: "NAME")
        var onto: DeviceName?
        @Field("Write the runbook to this file, as Markdown; it must not exist.", placeholder: "FILE")
        var output: String?
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let runbook: RebuildRunbook
        /// The same for people.
        package let markdown: String
        /// How many things come back by command, are done by hand, are lost.
        package let coverable: Int
        package let byHand: Int
        package let lost: Int
        /// The file that was written; nil when it was only shown.
        package let file: String?

        package var display: [DisplayBlock] {
            guard let file else {
                let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                return [.lines(lines.map { Cell(String($0)) })]
            }
            return [
                .lines([
                    Cell(
                        "The runbook is in \(file): \(coverable) things come back by command, \(byHand) are done by hand, \(lost) are lost."
                    )
                ])
            ]
        }
    }

    package static let contract = Contract(
        resource: "rebuild", verb: .custom("plan"),
        summary: "Write down how to get a device back on a blank machine",
        discussion: """
            Reads the device's newest full backup and writes the ordered runbook: disks, repositories and keys, packages, \
            users, files by area, network, firewall, services, units, containers, data, scheduled jobs. Each thing is \
            marked: it comes back by a command, a person must do it, or it is lost, with the reason. The device is not \
            contacted. Secrets are not in the runbook.
            """,
        effect: .reads, errors: [.backupUnknown, .vaultCorrupt, .ioFailed, .argumentInvalid],
        examples: [
            Contract.Example(
                "holdfast rebuild plan web1 --output web1.md", "print it and keep it where it will be needed"),
            Contract.Example("holdfast rebuild plan web1 --onto web2 --json", "the same for programs"),
        ],
        guidance: Guidance(
            "plan_rebuild", title: "Plan a rebuild", in: .restore,
            purpose: "Writes the runbook for getting a lost machine back on blank hardware.",
            behaviour: "Reads the newest full backup; contacts no machine and changes nothing.",
            use: "Use it when a machine is gone; to bring single files or sections back use plan_restore.",
            returns:
                "Returns chapters in order; each thing comes back by command, by hand, or is lost, with the reason.",
            essentials: ["title", "about", "steps"], withheld: ["output"]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        let reading = RebuildReading(
            vault: vault, redactor: context.services.redactor, device: input.device, now: context.clock.now())
        let facts: RebuildFacts
        do { facts = try await reading.facts() } catch { throw OperationError(any: error) }
        let runbook = RebuildPlanner(facts, onto: input.onto?.text ?? "\(input.device)-new").runbook()
        let markdown = context.services.redactor.redact(runbook.markdown)
        if let file = input.output {
            do { try await RunbookFile().write(markdown, to: file) } catch {
                throw OperationError(.ioFailed, "The runbook cannot be written: \(error)")
            }
        }
        return Output(
            runbook: runbook, markdown: markdown, coverable: runbook.count(.coverable),
            byHand: runbook.count(.byHand), lost: runbook.count(.lost), file: input.output)
    }
}

/// Writes a runbook, on a queue of its own.
private actor RunbookFile {
    private let executor = QueueExecutor("runbook")

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    func write(_ text: String, to path: String) throws(SystemError) {
        let file = try OpenFile(path, .create)
        try file.write(Array(text.utf8))
        try file.sync()
    }
}
