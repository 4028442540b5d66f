import Basics
import Collectors
import RemoteExecution
import Vault

/// Backs up devices into the vault.
package struct CreateBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Devices to back up.", .operand) var device: [DeviceName] = []
        @Field("Back up every registered device.") var all = false
        @Field("Only devices with this tag; with several, with all of them.") var tag: [String] = []
        @Field("Only this section; repeatable. See ‘holdfast section list’.", placeholder: "SECTION")
        var only: [String] = []
        @Field("Every section but this; repeatable.", placeholder: "SECTION") var skip: [String] = []
        @Field("A label for people.", placeholder: "TEXT") var name = ""
        @Field("Absolute path to back up as well, \\xNN for a byte that is no text; repeatable.") var path:
            [String] = []
        @Field("Glob of what to leave out of own paths; repeatable.", placeholder: "GLOB") var exclude:
            [String] = []
        @Field(
            "Also copy application data: volumes and bind mounts of containers, exports of LXD and Incus instances."
        )
        var includeData = false
        @Field(
            "With --include-data: stop running containers while their data is copied, for so many seconds at most; they are always started again.",
            placeholder: "SECONDS")
        var stopContainers: Int?
        @Field("Read everything, even what the device says is as in its earlier backup.") var full = false
        @Field("How many devices at once, 1 to 256.", placeholder: "N") var parallel = 16
        @Field(
            "Seconds after which a silent device is given up; what is asked of it may take 20 of them in silence.",
            placeholder: "SECONDS")
        var idleTimeout = 120
        package init() {}
    }

    package static let contract = Contract(
        resource: "backup", verb: .create,
        summary: "Back up devices: read each in one connection, store it sealed",
        discussion: """
            Each device is read by one script in one connection. What could be read is committed to the vault; what could \
            not is named with its reason, and makes the backup ‘partial’, never ‘ok’.

            What the device says is unchanged since its last backup is not sent again but taken over from there: files \
            whose kind, mode, owners, size and times are the same, and long outputs whose SHA-256 is the same. Where an \
            object of it is missing from the vault or known as broken, it is read anew. --full reads everything. A device without \
            GNU's tar and find, as with BusyBox, sends its files each time; what is unchanged takes no room in the vault.
            """,
        effect: .writes,
        errors: [
            .deviceUnknown, .deviceUnreachable, .authenticationFailed, .hostKeyChanged, .timedOut,
            .collectionFailed,
            .diskFull, .vaultLocked, .vaultCorrupt, .notInitialised,
        ],
        examples: [
            Contract.Example("holdfast backup create local", "back up this machine"),
            Contract.Example("holdfast backup create --all", "back up every device at once"),
            Contract.Example(
                "holdfast backup create web1 --path /srv/www --exclude '*/cache/*'",
                "with a folder of your own"),
            Contract.Example("holdfast backup create --all --background", "the same as a job"),
        ], isLong: true,
        reach: .scoped,
        guidance: Guidance(
            "create_backup", title: "Back up devices", in: .backups,
            purpose: "Backs up machines into the vault, each in one SSH connection.",
            behaviour:
                "Adds backups and changes nothing on the machines, unless ‘stop_containers’ is given: that stops containers for a while. Takes seconds to hours.",
            use:
                "Use it before a risky change, or when the newest backup is old; to see whether it would work use check_device.",
            returns:
                "Returns a result for each machine; what could not be read is named and makes it ‘partial’.",
            withheld: ["parallel", "idle_timeout"], isIdempotent: false, reachesDevices: true,
            next: [.init("list_backups")]))

    package init() {}

    package func prepare(_ input: Input, in context: OperationContext) async throws(OperationError) {
        _ = try await selectedDevices(input, context)
        _ = try request(from: input)
    }

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError)
        -> BackupReport
    {
        let devices = try await selectedDevices(input, context)
        let request = try request(from: input)
        warnOfExcludes(request, devices, context)
        let vault = try await context.services.vault()
        let earlier: [String: BackupSummary]
        do { earlier = try await vault.newest(of: Set(devices.map { $0.name.text })) } catch {
            throw OperationError(error)
        }
        let lease = WriterLease(vault: vault, what: "backup create") { [progress = context.progress] error in
            progress.report(
                ProgressUpdate(phase: "waiting", done: 0, unit: "devices", event: "waiting: \(error.message)")
            )
        }
        let outcomes = await BackupFleet(
            devices: devices, earlier: earlier, request: request, vault: vault, lease: lease, context: context
        )
        .run(parallel: input.parallel)
        await lease.close()
        // What is stored is told, whatever kept the rest from it; who gave up asks for nothing more.
        let isStored = outcomes.contains { $0.manifest != nil }
        if let stop = outcomes.compactMap(\.fatal).first(where: { !isStored || $0.code == .cancelled }) {
            throw stop
        }
        if outcomes.count == 1, let error = outcomes[0].error { throw error }
        let report = BackupReport(outcomes: outcomes)
        guard report.backups.contains(where: { $0.backup != nil }) else {
            let reasons = report.backups.compactMap(\.error).prefix(5).joined(separator: "; ")
            throw OperationError(
                .collectionFailed, "None of \(outcomes.count) devices could be backed up: \(reasons)")
        }
        return report
    }

    /// Says where an exclude glob has nothing that it could leave out.
    private func warnOfExcludes(
        _ request: DeviceBackup.Request, _ devices: [Device], _ context: OperationContext
    ) {
        guard !request.excludes.isEmpty else { return }
        let without = devices.filter { request.paths.isEmpty && $0.paths.isEmpty }.map(\.name.text)
        guard !without.isEmpty else { return }
        let names = without.count > 3 ? without.count.counted("device") : without.joined(separator: ", ")
        context.warnings.add(
            "--exclude leaves nothing out for \(names): it is for own paths, and none are named with --path or "
                + "‘holdfast device set --add-path’")
    }

    private func selectedDevices(
        _ input: Input, _ context: OperationContext
    ) async throws(OperationError) -> [Device] {
        var chosen: [Device] = []
        for name in input.device where !chosen.contains(where: { $0.name == name }) {
            chosen.append(try await context.device(name))
        }
        if input.all || !input.tag.isEmpty {
            let tagged = try await context.devices().filter { Set(input.tag).isSubset(of: $0.tags) }
            chosen += tagged.filter { device in !chosen.contains { $0.name == device.name } }
        }
        guard !chosen.isEmpty else {
            throw OperationError(
                .argumentMissing, "No device is named",
                hint: "Name devices, or pass --all or --tag. See: holdfast device list")
        }
        return chosen
    }

    /// - Throws: for own paths of which nothing would be kept.
    private static func checkPaths(_ input: Input) throws(OperationError) {
        let section = DeviceBackup.ownPathsSection
        if !input.path.isEmpty, input.skip.contains(section) {
            throw OperationError(
                .argumentInvalid, "--path names files for the section that --skip \(section) leaves out",
                hint: "Give one of them.")
        }
        let places = FileStep.always.map { String($0.dropLast(2)) }
        if let path = input.path.first(where: places.contains) {
            throw OperationError(
                .argumentInvalid, "What lies in \(path) exists only while the machine runs",
                hint: "Name what is to be kept below \(places.joined(separator: ", ")) by itself.")
        }
    }

    private func request(from input: Input) throws(OperationError) -> DeviceBackup.Request {
        let known = Set(allCollectors.map { $0.name }).union([DeviceBackup.ownPathsSection])
            .union(DataSource.all(stopSeconds: nil).map(\.name))
        for name in input.only + input.skip where !known.contains(name) {
            throw OperationError(
                .argumentInvalid, "There is no section ‘\(name)’",
                hint: "Sections: \(known.sorted().joined(separator: ", ")).")
        }
        guard (1...256).contains(input.parallel), (1...86_400).contains(input.idleTimeout) else {
            throw OperationError(
                .argumentInvalid, "--parallel takes 1 to 256, --idle-timeout 1 to 86400",
                hint: "The standard values suit most fleets.")
        }
        var collectors = allCollectors.filter { Self.isWanted($0.name, input) }
        guard known.contains(where: { Self.isWanted($0, input) }) else {
            throw OperationError(
                .argumentInvalid, "--skip takes away all that --only asks for: nothing is left to back up")
        }
        try Self.checkPaths(input)
        // Which machine it is, every backup says, or a restore would take the machine for another one.
        let lacksIdentity = !Self.isWanted(IdentityCollector.name, input)
        if lacksIdentity { collectors.append(IdentityCollector.factsOnly) }
        var limits = ShellJob.Limits()
        limits.idle = .seconds(input.idleTimeout)
        limits.total = .seconds(86_400)
        limits.output = 1 << 50
        guard input.includeData || input.stopContainers == nil,
            (1...86_400).contains(input.stopContainers ?? 1)
        else {
            throw OperationError(
                .argumentInvalid, "--stop-containers goes with --include-data and takes 1 to 86400 seconds")
        }
        let sources = input.includeData ? DataSource.all(stopSeconds: input.stopContainers) : []
        var request = DeviceBackup.Request(
            collectors: collectors,
            dataSources: sources.filter { Self.isWanted($0.name, input) },
            name: try DeviceFields.label(input.name, of: "name"),
            paths: try DeviceFields.paths(input.path),
            excludes: try DeviceFields.excludes(input.exclude), readsAll: input.full, limits: limits,
            only: Self.unique(input.only), skipped: Self.unique(input.skip), lists: .everything)
        if lacksIdentity { request.unrecorded = [IdentityCollector.name] }
        return request
    }

    /// Whether a section was asked for and not taken away again.
    private static func isWanted(_ section: String, _ input: Input) -> Bool {
        (input.only.isEmpty || input.only.contains(section)) && !input.skip.contains(section)
    }

    private static func unique(_ names: [String]) -> [String] { Set(names).sorted() }
}
