import Basics
import RemoteExecution
import Restore
import Vault

/// Computes and saves what a restore would do; changes nothing on the device.
package struct PlanRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand)
        var backup: String
        @Field("Only this section; repeatable.", placeholder: "SECTION") var section: [String] = []
        @Field("Only what this glob matches, and all below it; repeatable.", placeholder: "GLOB")
        var path: [String] = []
        @Field("Leave out what this glob matches, and all below it; repeatable.", placeholder: "GLOB")
        var exclude: [String] = []
        @Field(
            "Restore to where the files were. Without it they go to a new folder on the device.")
        var inPlace = false
        @Field("With a folder as the target: this one, which must not exist yet.", placeholder: "FOLDER")
        var to: String?
        @Field("Restore to this device instead of the backup's own.", placeholder: "DEVICE")
        var device: DeviceName?
        @Field(
            "On another device, the name A is B: of a user, a path, an interface, an address; repeatable.",
            placeholder: "A=B") var map: [String] = []
        @Field("Leave alone what the backup does not have.") var keepExtra = false
        @Field("Below own paths, take away what was added since the backup.") var removeAdded = false
        @Field("Leave packages as they are.") var keepPackages = false
        @Field("Also setuid files and device nodes.") var special = false
        @Field(
            "Only this container, with its networks, volumes and bind mounts; repeatable.",
            placeholder: "CONTAINER") var container: [String] = []
        @Field(
            "Restore the one container under this name beside the old one, with volumes of its own.",
            placeholder: "NAME") var named: String?
        @Field("Publish no port of the containers.") var withoutPorts = false
        @Field("Give volumes and bind mounts that exist the backup's content.") var replaceData = false
        @Field("Make volumes empty that the backup holds nothing of.") var emptyVolumes = false
        @Field("Leave containers, networks and volumes as they are.") var keepContainers = false
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

            On another device what makes a machine itself stays as it is: name and id, disks, addresses, host keys, the \
            SSH server, how it starts, and the keys of the account that logs in. Owners are translated by name.
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
                "holdfast restore plan latest:web1 --device web2 --in-place --map alice=bob",
                "on another machine, where alice is bob"),
            Contract.Example(
                "holdfast restore plan 20261121 --path '/etc/cron.d/*' --in-place", "a few files"),
        ],
        reach: .scoped,
        guidance: Guidance(
            "plan_restore", title: "Plan a restore", in: .restore,
            purpose: "Computes what restoring a backup would change on a machine, and saves that as a plan.",
            behaviour:
                "Reads the machine over SSH and changes nothing there. Only a person can approve the plan, outside of this connection; it expires.",
            use:
                "Use it before a restore, or to see its effect; apply_restore carries it out; for a machine that is gone use plan_rebuild.",
            returns: "Returns the plan's id, risk, steps and conflicts.",
            essentials: ["number", "action", "subject", "risk"], isIdempotent: false, reachesDevices: true,
            next: [
                .init("get_restore", ["id": "plan"], needs: "steps", unless: "conflicts"),
                .init("apply_restore", ["plan": "plan"], needs: "steps", unless: "conflicts"),
            ], rest: "get_restore shows all steps of the plan, with ‘from_step’.",
            isOnePage: true))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PlanView {
        guard (1...1440).contains(input.expires) else {
            throw OperationError(.argumentInvalid, "--expires takes 1 to 1440 minutes")
        }
        let (vault, manifest) = try await context.manifest(input.backup)
        let wish = try ContainerWish(input, manifest)
        let place = try Self.place(input, manifest)
        // In a new folder each entry is a step.
        let scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: wish.sections, paths: input.path,
            excluding: input.exclude,
            limit: place == .inPlace ? RestorePlanner.entryLimit : RestorePlanner.stepLimit,
            isInPlace: place == .inPlace)
        let device = try await target(input, manifest, context)
        let isOther = input.device != nil && device.name.text != manifest.summary.device.name
        guard input.map.isEmpty || isOther && place == .inPlace else {
            throw OperationError(
                .argumentInvalid, "--map is for another device, in place",
                hint: "Add --device and --in-place.")
        }
        guard !input.removeAdded || place == .inPlace && !input.keepExtra else {
            throw OperationError(
                .argumentInvalid, "--remove-added is for a plan in place, and the opposite of --keep-extra",
                hint: "Add --in-place, and leave --keep-extra away.")
        }
        let options = RestorePlanner.Options(
            removes: !input.keepExtra, removesAdded: input.removeAdded,
            installs: !input.keepPackages && input.path.isEmpty, allowsSpecial: input.special)
        let placed = scope.at(place, isOther: isOther)
        let made = try await RestoreDraft(
            context: context, vault: vault, manifest: manifest, scope: placed, device: device, place: place,
            options: options, minutes: input.expires, maps: input.map, isOther: isOther,
            containers: try Self.containers(wish, placed, manifest), data: wish.data
        ).make()
        return PlanView(made.plan, id: made.id, approvals: 0)
    }

    /// What is wanted of containers; of paths, only the data that they match.
    private static func containers(
        _ wish: ContainerWish, _ scope: RestoreScope, _ manifest: Manifest
    ) throws(OperationError) -> ContainerRequest? {
        guard wish.request == nil, scope.namesData, scope.wanted.isEmpty else {
            return scope.globs.isEmpty || scope.namesData ? wish.request : nil
        }
        throw OperationError(
            .argumentInvalid,
            ContainerWish.areHeld(by: manifest)
                ? "What is asked for is data of containers, which are to be left as they are"
                : "What is asked for is data of containers, and the backup does not say of which",
            hint: "Bring it into a folder: leave --in-place and --keep-containers away.")
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
}
