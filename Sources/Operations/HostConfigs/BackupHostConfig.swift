package import Basics
import HostConfig
import RemoteExecution
import Vault

/// Keeps the configuration of assistants' programs in the vault.
package struct BackupHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistants' programs.", .operand) var host: [HostID] = []
        @Field("All that are here.") var all = false
        @Field("This file instead of the usual one, for one host.", placeholder: "FILE") var file: String?
        @Field("On this device instead of this machine, as its account for logging in has them.") var device:
            DeviceName?
        @Field("A label to find it by.", placeholder: "TEXT") var name = ""
        @Field("Make a backup of what is the same as in the newest one, too.") var always = false
        @Field("What is gone, or lost its servers, is meant to be so: it is told no more.") var accept = false
        package init() {}
    }

    /// What became of one host.
    package struct Row: Codable, Sendable {
        package let host: String
        /// `stored`, `unchanged`, `missing` or `failed`.
        package let outcome: String
        /// The new backup, or the one that holds the same.
        package let backup: String?
        package let files: [String]
        package let bytes: ByteCount
        package let servers: Int
        /// What was noticed: a text that cannot be understood, a file that others may read.
        package let remarks: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let hosts: [Row]

        package var isComplete: Bool { !hosts.contains { ["failed", "missing"].contains($0.outcome) } }

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: [
                        "HOST", "OUTCOME", Column("BACKUP", isWhole: true),
                        Column("SERVERS", isNumeric: true),
                        Column("SIZE", isNumeric: true),
                    ],
                    rows: hosts.map { row in
                        [
                            Cell(row.host), Cell(row.outcome, Self.tone(row.outcome)),
                            Cell(row.backup ?? "–"),
                            Cell(String(row.servers)), Cell(row.bytes.description),
                        ]
                    }, empty: "No program that is known seems to be here."),
                .lines(hosts.flatMap { row in row.remarks.map { Cell("\(row.host): \($0)", .warning) } }),
            ]
        }

        private static func tone(_ outcome: String) -> Tone {
            outcome == "stored" ? .good : outcome == "unchanged" ? .dim : .bad
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("backup"),
        summary: "Keep the configuration of assistants' programs in the vault",
        discussion: """
            Stores the files as they are, byte by byte, with mode, owner, times and extended attributes, and the link where the \
            file is reached through one. What is the same as in the newest backup makes no new one. A text that cannot be \
            understood is stored all the same, and that is said: it may be all that is left. A file that is gone while an earlier \
            backup has it, or that lost all its servers, is told again and again, and comes back with ‘restore’; with --accept that is as \
            it should be, for each place that ‘watch’ tells of.

            With --device the files of the account that Holdfast logs in with are found and read in one connection; extended \
            attributes and fractions of seconds are not.
            """,
        effect: .writes,
        errors: [
            .deviceUnknown, .deviceUnreachable, .authenticationFailed, .hostKeyChanged, .timedOut,
            .collectionFailed,
            .hostMissing, .ioFailed, .vaultLocked, .diskFull, .vaultCorrupt, .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config backup --all", "every program that is here"),
            Contract.Example(
                "holdfast host-config backup claude-desktop --name 'before the update'", "one of them"),
            Contract.Example("holdfast host-config backup --all --device web1", "those of another machine"),
        ], audit: .wanted, reach: .everything,
        guidance: Guidance(
            "backup_host_config", title: "Back up a program's configuration", in: .hostConfigs,
            purpose: "Keeps the configuration files of assistants' programs in the vault.",
            behaviour: "Writes to the vault only; what is the same as in the newest backup makes no new one.",
            use:
                "Use it before a program is updated or its servers are changed; machines are backed up with create_backup.",
            returns: "Returns a row for each program: stored, unchanged, missing or failed.",
            essentials: ["host", "outcome", "backup", "remarks"], withheld: ["file", "accept"],
            reachesDevices: true,
            next: [.init("list_host_configs")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        try Self.check(input)
        let name = try DeviceFields.label(input.name, of: "name")
        guard name != HostSeries.safetyCopyNote else {
            throw OperationError(
                .argumentInvalid,
                "‘\(name)’ is what copies are called that a restore makes of what it replaces",
                hint: "Give the backup another name.")
        }
        let place = HostPlace.here
        let vault = try await context.services.vault()
        let lease = WriterLease(vault: vault, what: "host-config backup") {
            [progress = context.progress] error in
            progress.report(
                ProgressUpdate(phase: "waiting", done: 0, unit: "hosts", event: "waiting: \(error.message)"))
        }
        var rows: [Row] = []
        var failure: OperationError?
        let hosts = input.all ? allHosts : input.host.map(\.host)
        let device = try await context.device(input.device.other)
        let there = try await DeviceHosts.read(input.device.other, hosts, context)
        for host in hosts {
            var keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: context.clock)
            keeper.device = device
            keeper.accepts = input.accept
            do throws(OperationError) {
                if let there {
                    let situations = there.situations(of: host)
                    if situations.isEmpty, input.all { continue }
                    rows.append(
                        try await keeper.keep(
                            situations, there.copies(of: host), name: name, always: input.always,
                            isWhole: true))
                } else {
                    var files = input.file.map { [place.absolute($0)] } ?? place.present(of: host)
                    if input.file == nil, input.accept || input.all && files.isEmpty {
                        files += try await Self.missed(host, beside: files, place, vault)
                    }
                    if files.isEmpty, input.all { continue }
                    rows.append(
                        try await keeper.keep(
                            files, name: name, always: input.always, isWhole: input.file == nil))
                }
            } catch  where error.code == .vaultCorrupt {
                // What is damaged of one program's backups keeps no other from being kept.
                rows.append(Row(host, failure: error))
            } catch {
                failure = error
                break
            }
        }
        await lease.close()
        if let failure { throw failure }
        return Output(hosts: rows)
    }

    private static func check(_ input: Input) throws(OperationError) {
        guard input.all != !input.host.isEmpty else {
            throw OperationError(
                .argumentInvalid,
                input.all ? "--all and names of hosts exclude each other" : "No host was named",
                hint: "Name one or more, or give --all. Run: holdfast host-config hosts")
        }
        guard input.file == nil || input.host.count == 1 else {
            throw OperationError(
                .argumentInvalid, "--file goes with one host", hint: "Name the host it belongs to.")
        }
        guard input.file == nil || input.device.other == nil else {
            throw OperationError(
                .argumentInvalid, "--file names a file of this machine, and --device another machine")
        }
    }

    /// The other places of a host that a watch tells of: gone, or without their servers.
    private static func missed(
        _ host: AssistantHost, beside files: [String], _ place: HostPlace, _ vault: Vault
    ) async throws(OperationError) -> [String] {
        let situations = files.map { HostSituation(of: host, at: $0) }
        let held = try await HostSeries(host).holdings(in: vault).merged(of: host, at: place)
        let findings = HostDamage.find(host, situations, held, at: place)?.findings ?? []
        return findings.filter { finding in
            guard [.missing, .ok, .noServers].contains(finding.state), let holding = finding.holding else {
                return false
            }
            return !situations.contains { $0.isOf(holding) }
        }.map(\.place)
    }
}

extension BackupHostConfig.Row {
    /// One that could not be kept.
    init(_ host: AssistantHost, failure: OperationError) {
        self.init(
            host: host.id, outcome: "failed", backup: nil, files: [], bytes: ByteCount(0), servers: 0,
            remarks: [failure.hint.isEmpty ? failure.message : "\(failure.message). \(failure.hint)"])
    }
}
