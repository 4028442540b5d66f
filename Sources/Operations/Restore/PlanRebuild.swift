import Basics
import RemoteExecution
import Restore
import Vault

/// Writes down how to get a device back on a blank machine.
package struct PlanRebuild: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device to rebuild; it need not exist any more.", .operand, placeholder: "DEVICE") var old:
            String
        @Field(
            "Make a plan that carries it out on this device: a blank machine of the same family.",
            placeholder: "OTHER")
        var device: DeviceName?
        @Field(
            "Without --device: the name that the new machine gets in Holdfast; the old name and ‘-new’ unless given.",
            placeholder: "NAME")
        var onto: DeviceName?
        @Field(
            "On the other device, this name is that one: a user, a path, an interface, an address; repeatable.",
            placeholder: "A=B") var map: [String] = []
        @Field("Leave out what this glob matches, and all below it; repeatable.", placeholder: "GLOB")
        var exclude: [String] = []
        @Field("Leave packages as they are.") var keepPackages = false
        @Field("Bring no containers, networks and volumes.") var keepContainers = false
        @Field("Publish no port of the containers.") var withoutPorts = false
        @Field("Make volumes empty that the backup holds nothing of.") var emptyVolumes = false
        @Field("Also setuid files and device nodes.") var special = false
        @Field("Minutes until the plan expires, 1 to 1440.", placeholder: "MINUTES") var expires = 15
        @Field("Write the runbook to this file, as Markdown; it must not exist.", placeholder: "FILE")
        var output: String?
        package init() {}
    }

    package static let contract = Contract(
        resource: "rebuild", verb: .custom("plan"),
        summary: "Plan how to get a device back on a blank machine",
        discussion: """
            Reads the device's newest full backup and writes the ordered runbook: disks, repositories and keys, packages, \
            users, files by area, network, firewall, services, units, containers, data, scheduled jobs. Each thing is \
            marked: it comes back by a command, a person must do it, or it is lost, with the reason. The device is not \
            contacted. Secrets are not in the runbook.

            With --device it also reads that machine and saves one plan that carries out what can be carried out, to be \
            approved and applied like any other: sources, groups and users, packages, files, units, networks, volumes with \
            their content, containers and compose projects. What makes the other machine itself, and the way in to it, \
            stays as it is. ‘rebuild check’ tells afterwards what still differs.
            """,
        effect: .proposes,
        errors: [
            .backupUnknown, .vaultCorrupt, .ioFailed, .argumentInvalid, .deviceUnknown, .deviceUnreachable,
            .hostKeyChanged,
        ],
        examples: [
            Contract.Example(
                "holdfast rebuild plan web1 --output web1.md", "print it and keep it where it will be needed"),
            Contract.Example("holdfast rebuild plan web1 --device web2", "a plan that makes web2 into web1"),
            Contract.Example("holdfast rebuild plan web1 --onto web2 --json", "the runbook for programs"),
        ],
        reach: .scoped,
        guidance: Guidance(
            "plan_rebuild", title: "Plan a rebuild", in: .restore,
            purpose: "Writes the runbook for getting a lost machine back on blank hardware.",
            behaviour:
                "Reads the newest full backup; with ‘device’ also that machine, and saves a plan. Changes no machine.",
            use: "Use it when a machine is gone; to bring single files or sections back use plan_restore.",
            returns:
                "Returns chapters in order; each thing comes back by command, by hand, or is lost, with the reason.",
            essentials: ["name", "chapter", "fate", "by", "reason"],
            withheld: ["empty_volumes", "output", "without_ports"],
            isIdempotent: false, reachesDevices: true))

    package init() {}

    package func run(
        _ input: Input, in context: OperationContext
    ) async throws(OperationError) -> RebuildOutput {
        try check(input)
        let vault = try await context.services.vault()
        let reading = RebuildReading(
            vault: vault, redactor: context.services.redactor, device: input.old,
            scope: context.caller.scope, now: context.clock.now())
        let facts: RebuildFacts
        do { facts = try await reading.facts() } catch { throw OperationError(any: error) }
        let name = input.device?.text ?? input.onto?.text ?? "\(input.old)-new"
        let runbook = RebuildPlanner(facts, onto: name).runbook()
        let markdown = context.services.redactor.redact(runbook.markdown)
        if let file = input.output {
            do { try await RunbookFile().write(markdown, to: file) } catch {
                throw OperationError(.ioFailed, "The runbook cannot be written: \(error)")
            }
        }
        var output = RebuildOutput(runbook, markdown: markdown, file: input.output)
        if let name = input.device {
            let device = try await context.device(name)
            let draft = try await draft(input, facts, device, context)
            let made = try await draft.make()
            output.add(
                PlanView(made.plan, id: made.id, approvals: 0), scope: Set(made.plan.sections),
                carriesContainers: draft.containers != nil)
        }
        return output
    }

    private func check(_ input: Input) throws(OperationError) {
        guard (1...1440).contains(input.expires) else {
            throw OperationError(.argumentInvalid, "--expires takes 1 to 1440 minutes")
        }
        let isPlain =
            input.map.isEmpty && input.exclude.isEmpty && !input.keepPackages && !input.special
            && !input.keepContainers
            && !input.withoutPorts && !input.emptyVolumes
        guard input.device != nil || isPlain else {
            throw OperationError(
                .argumentInvalid,
                "--map, --exclude, --keep-packages, --special and what is said of containers are for a plan",
                hint: "Name the machine with --device.")
        }
        guard input.device == nil || input.onto == nil else {
            throw OperationError(
                .argumentInvalid, "--device and --onto exclude each other", hint: "Give one of them.")
        }
        guard input.device?.text != input.old else {
            throw OperationError(
                .argumentInvalid, "A device is not rebuilt on itself",
                hint:
                    "To make it as its backup says: holdfast restore plan \("latest:\(input.old)".shellWord) --in-place"
            )
        }
    }

    /// The plan for the other machine: every section of the backup but data of containers.
    private func draft(
        _ input: Input, _ facts: RebuildFacts, _ device: Device, _ context: OperationContext
    ) async throws(OperationError) -> RestoreDraft {
        let (vault, manifest) = try await context.manifest(facts.backup)
        let sections = manifest.sections.map(\.name).filter { !$0.hasSuffix("-data") }
        let scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: sections, paths: [], excluding: input.exclude,
            limit: RestorePlanner.entryLimit)
        let request = ContainerRequest(
            leavesPortsOut: input.withoutPorts, allowsEmptyVolumes: input.emptyVolumes,
            allowsSpecial: input.special)
        return RestoreDraft(
            context: context, vault: vault, manifest: manifest, scope: scope, device: device,
            place: .inPlace,
            options: RestorePlanner.Options(
                removes: false, installs: !input.keepPackages, allowsSpecial: input.special),
            minutes: input.expires, maps: input.map, isOther: true,
            containers: input.keepContainers || !ContainerWish.areHeld(by: manifest) ? nil : request)
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
