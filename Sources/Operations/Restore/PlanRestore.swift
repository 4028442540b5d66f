import Basics
import Collectors
import RemoteExecution
import Restore
import Storage
import Vault

/// Computes and saves what a restore would do; changes nothing on the device.
package struct PlanRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand)
        var backup: String
        @Field("Only this section; repeatable.", placeholder: "SECTION") var section: [String] = []
        @Field("Only what this glob matches, and all below it; repeatable.", placeholder: "GLOB")
        var path: [String] = []
        @Field(
            "Restore to where the files were. Without it they go to a new folder on the device.")
        var inPlace = false
        @Field("With a folder as the target: this one, which must not exist yet.", placeholder: "FOLDER")
        var to: String?
        @Field("Restore to this device instead of the backup's own.", placeholder: "DEVICE")
        var device: DeviceName?
        @Field("Leave alone what the backup does not have.") var keepExtra = false
        @Field("Leave packages as they are.") var keepPackages = false
        @Field("Also setuid files and device nodes.") var special = false
        @Field("Minutes until the plan expires, 1 to 1440.", placeholder: "MINUTES") var expires = 15
        package init() {}
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("plan"),
        summary: "Plan a restore: what would be done, and at what risk",
        discussion: """
            Reads the device as it is now, compares it with the backup and saves the steps that would make it as the backup \
            says, under a name that is a digest of all of them. Nothing on the device is changed.

            A person approves exactly this plan; ‘restore apply’ then carries it out if neither the device nor what it \
            would change has moved since.
            """,
        effect: .proposes,
        errors: [
            .backupUnknown, .backupAmbiguous, .deviceUnknown, .deviceUnreachable, .hostKeyChanged,
            .vaultCorrupt,
        ],
        examples: [
            Contract.Example("holdfast restore plan latest:web1", "everything, into a new folder on web1"),
            Contract.Example(
                "holdfast restore plan latest:web1 --section nginx --in-place",
                "nginx as it was, in its place"),
            Contract.Example(
                "holdfast restore plan 20261121 --path '/etc/cron.d/*' --in-place", "a few files"),
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PlanView {
        guard (1...1440).contains(input.expires) else {
            throw OperationError(.argumentInvalid, "--expires takes 1 to 1440 minutes")
        }
        let (vault, manifest) = try await context.manifest(input.backup)
        let scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: input.section, paths: input.path)
        let place = try Self.place(input, manifest)
        let device = try await target(input, manifest, context)
        let hash = try await context.services.restoreHash()
        let reading = try await RestoreReading.read(device, scope, vault, hash, context)
        let options = RestorePlanner.Options(
            removes: !input.keepExtra, installs: !input.keepPackages && input.path.isEmpty,
            allowsSpecial: input.special)
        var facts = reading.facts
        if place == .inPlace { try await addFolders(&facts, device, vault, manifest, context) }
        var result = RestorePlanner(facts, place: place, options: options).plan()
        if place == .inPlace { try await addTexts(&result.steps, reading, scope, vault, context) }
        addWarnings(&result, scope, reading, place)
        let now = context.clock.now()
        let plan = RestorePlan(
            created: now, expires: now + .seconds(60 * input.expires), backup: manifest.id.text,
            tree: manifest.tree.description,
            target: RestorePlan.Target(
                device: device.name.text, machineID: reading.machineID,
                hostKey: device.hostKey?.fingerprint ?? ""),
            place: place, sections: scope.sections, paths: input.path, steps: result.steps,
            conflicts: result.conflicts, warnings: result.warnings, commands: result.commands,
            affected: Blast.radius(of: result.steps, in: reading.present))
        let id = plan.id(hash: hash)
        if !plan.steps.isEmpty, plan.conflicts.isEmpty { try await save(plan, id, context) }
        return PlanView(plan, id: id, approvals: 0)
    }

    /// Folders around single files are in nobody's section: what is missing of them is made.
    private func addFolders(
        _ facts: inout PlanFacts, _ device: Device, _ vault: Vault, _ manifest: Manifest,
        _ context: OperationContext
    ) async throws(OperationError) {
        let unseen = facts.unseenFolders
        guard !unseen.isEmpty else { return }
        let missing: [[UInt8]]
        do {
            missing = try await FolderProbe.missing(of: unseen, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        guard !missing.isEmpty else { return }
        do { facts.addMissing(missing, of: try await vault.entries(of: manifest)) } catch {
            throw OperationError(error)
        }
    }

    private func save(
        _ plan: RestorePlan, _ id: String, _ context: OperationContext
    ) async throws(OperationError) {
        let ledger = try await context.services.ledger()
        do {
            try await ledger.add(
                PlanRecord(
                    id: id, device: plan.target.device, backup: plan.backup, created: plan.created,
                    expires: plan.expires, document: plan.canonical))
        } catch { throw OperationError(error) }
    }

    private static func place(
        _ input: Input, _ manifest: Manifest
    ) throws(OperationError) -> RestorePlan.Place {
        guard !input.inPlace else {
            guard input.to == nil else {
                throw OperationError(
                    .argumentInvalid, "--in-place and --to exclude each other", hint: "Give one of them.")
            }
            return .inPlace
        }
        let folder = input.to ?? "/var/tmp/holdfast-\(manifest.id)"
        if let reason = PathGuard.problem(path: Array(folder.utf8)) {
            throw OperationError(
                .argumentInvalid, "--to \(folder) \(reason)", hint: "Name a new folder by its absolute path.")
        }
        return .folder(folder)
    }

    private func target(
        _ input: Input, _ manifest: Manifest, _ context: OperationContext
    ) async throws(OperationError) -> Device {
        if let name = input.device { return try await context.device(name) }
        guard let name = DeviceName(manifest.summary.device.name) else {
            throw OperationError(
                .deviceUnknown, "The backup's device ‘\(manifest.summary.device.name)’ has no usable name",
                hint: "Name the device to restore to with --device.")
        }
        return try await context.device(name)
    }

    /// Adds the text that would change to each step.
    private func addTexts(
        _ steps: inout [RestoreStep], _ reading: RestoreReading, _ scope: RestoreScope, _ vault: Vault,
        _ context: OperationContext
    ) async throws(OperationError) {
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        let sections = Set(scope.sections)
        let changes: BackupDiff
        do {
            changes = try await comparison.diff(from: reading.present, to: reading.wanted) {
                sections.contains($0)
            }
        } catch { throw OperationError(any: error) }
        let texts = Dictionary(changes.files.map { ($0.path, $0.text) }) { first, _ in first }
        for index in steps.indices where steps[index].isFile {
            steps[index].text = texts[steps[index].name] ?? []
        }
    }

    private func addWarnings(
        _ result: inout RestorePlanner.Result, _ scope: RestoreScope, _ reading: RestoreReading,
        _ place: RestorePlan.Place
    ) {
        if place == .inPlace, !reading.facts.isSameMachine {
            result.warnings.append(
                "The backup is of another machine (machine id \(scope.manifest.summary.device.machineID.prefix(8))…, here \(reading.machineID.prefix(8))…)"
            )
        }
        for section in scope.manifest.sections where scope.sections.contains(section.name) {
            if section.status == .partial || section.status == .denied || section.status == .failed {
                result.warnings.append(
                    "The backup's section ‘\(section.name)’ is \(section.status.rawValue): what it lacks is neither restored nor removed"
                )
            }
        }
    }
}
