package import Basics
import ConfigText
import HostConfig
import RemoteExecution
import Vault

/// Puts a host's configuration back as a backup has it.
package struct RestoreHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field(
            "The backup: its id or the beginning of it; of each file the newest sound one unless given.",
            placeholder: "ID")
        var backup: String?
        @Field("Only this file; repeatable.", placeholder: "FILE") var file: [String] = []
        @Field("Only this server's entry, as a change of the text; repeatable.", placeholder: "NAME")
        var server: [String] = []
        @Field("Not for the files of a device: the plan that brings them back is told.") var device:
            DeviceName?
        @Field("Show what would change, and change nothing.") var dryRun = false
        package init() {}
    }

    /// What became of one file.
    package struct File: Codable, Sendable {
        package let path: String
        /// `restored`, `created`, `relinked` where the link alone was lost, `unchanged`, `would-restore`, `would-create` or
        /// `would-relink`.
        package let outcome: String
        package let bytes: ByteCount
        /// The backup that it comes from.
        package let backup: String
        /// Links on the way to it that are made, as phrases.
        package let links: [String]
        /// What would change, as a unified difference; empty where it was done.
        package let diff: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let title: String
        /// The newest backup that a file comes from, and when it was made.
        package let backup: String
        package let made: Timestamp
        package let files: [File]
        /// The backup of what was there before; nil where nothing was replaced.
        package let safetyCopy: String?
        /// What could not be put back, or stays as it is, as phrases.
        package let remarks: [String]

        package var display: [DisplayBlock] {
            var lines: [Cell] = []
            for file in files {
                let isDone = Self.done.contains(file.outcome)
                let origin = file.backup == backup ? "" : ", from \(file.backup)"
                lines.append(Cell("\(file.path): \(file.outcome)\(origin)", isDone ? .good : .plain))
                lines += file.links.map { Cell($0, isDone ? .good : .plain) }
                if !isDone {
                    lines += file.diff.map {
                        Cell($0, $0.hasPrefix("+") ? .good : $0.hasPrefix("-") ? .bad : .plain)
                    }
                }
            }
            lines += remarks.map { Cell($0, .warning) }
            if let safetyCopy {
                lines.append(
                    Cell(
                        "What was there before: holdfast host-config restore \(host) --backup \(safetyCopy)",
                        .dim))
            }
            if files.contains(where: { Self.done.contains($0.outcome) }) {
                lines.append(Cell("Start \(title) anew to have it read."))
            }
            return [.lines(lines)]
        }

        /// Outcomes after which a program reads something else.
        private static let done = ["restored", "created", "relinked"]
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("restore"),
        summary: "Put the configuration of an assistant's program back as a backup has it",
        discussion: """
            Byte by byte, with mode and time. Unless a backup is named, each place where the program reads gets back what the newest \
            backup that holds it sound has; files elsewhere that were backed up with --file come back only where they are \
            broken, or named. A link that leads to the file stays; one that is lost is made anew, in the place of what replaced it. \
            With --server only that entry is put back, as a change of the text that leaves all else as it is. What is there is kept in \
            the vault first, and nothing is written where that fails. Each file is replaced in one step, and only if nobody else \
            wrote it meanwhile.

            Entries of servers are commands that run, and say what assistants may do: only this command puts them back; programs that \
            call in over MCP or HTTP are told what would change, and the command.
            """,
        effect: .destroys,
        errors: [
            .approvalMissing, .deviceUnknown, .backupUnknown, .backupAmbiguous, .fileChanged, .fileInvalid,
            .ioFailed,
            .vaultLocked, .diskFull,
            .vaultCorrupt,
            .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config restore cursor --dry-run", "what would change"),
            Contract.Example("holdfast host-config restore claude-desktop", "from its newest backup"),
            Contract.Example("holdfast host-config restore vscode --server github", "one entry alone"),
        ], audit: .wanted, reach: .everything,
        guidance: Guidance(
            "restore_host_config", title: "Put a program's configuration back", in: .hostConfigs,
            purpose:
                "Puts one program's configuration back as a backup has it: whole files, or single servers' entries.",
            behaviour:
                "Changes nothing by itself: ‘dry_run’ tells what would change; without it the error says what a person runs.",
            use: "Use it when a configuration was wiped or spoiled; look with diff_host_config first.",
            returns: "Returns each file's outcome and the backup of what was there before.",
            withheld: ["file"],
            next: [.init("diff_host_config", ["host": "host"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let host = input.host.host
        let vault = try await context.services.vault()
        let series = HostSeries(host, on: input.device.other)
        _ = try await context.device(input.device.other)
        let known = input.backup == nil ? try await series.look(in: vault) : nil
        let all: [HostHolding]
        if let known, !known.holdings.isEmpty {
            all = known.holdings
        } else {
            all = try await series.chosen(input.backup, in: vault, telling: context.warnings)
        }
        if let gone = Self.gone(input, known) { throw await series.gone(gone, in: vault) }
        let holdings = try Self.chosen(all, input, known?.remarks ?? [])
        guard let newest = holdings.newest else {
            throw await series.nothing(in: input.backup, vault)
        }
        if let device = input.device.other {
            throw OperationError(
                .approvalMissing,
                "What a restore changes on \(device) is planned and approved first; nothing was changed",
                hint: "Run: holdfast restore plan \(newest.id) --device \(device) --in-place")
        }
        var (changes, remarks, missing) = try Self.changes(host, holdings, input)
        if let missing { throw await Self.lacking(missing, newest, input, series, vault) }
        if let known {
            remarks += known.remarks
            // One of these may have been newer.
            do { remarks += try await HostSeries.damage(in: vault) } catch { throw OperationError(error) }
        }
        if !input.dryRun, context.caller.surface == "cli" {
            for change in changes { change.removeLeftovers() }
        }
        let due = changes.filter { !$0.isDone }
        guard !input.dryRun, !due.isEmpty else {
            if !input.dryRun, context.caller.surface == "cli" {
                remarks += await Self.settle(changes, input, vault, context)
            }
            return output(host, newest, changes, nil, remarks, context)
        }
        guard context.caller.surface == "cli" else {
            let words =
                input.server.flatMap { ["--server", $0.shellWord] }
                + (Set(holdings.map(\.backup.id)).count == 1 ? ["--backup", newest.id.text] : [])
            throw OperationError(
                .approvalMissing,
                "\(due.count.counted("file")) would change, which is for a person to do; nothing was changed",
                hint:
                    "A person runs: \((["holdfast", "host-config", "restore", host.id] + words).joined(separator: " "))"
            )
        }
        for change in due { try change.check() }
        let copy = try await safetyCopy(host, due, known, vault, context)
        remarks += try Self.carryOut(due, host, copy)
        remarks += await Self.settle(changes, input, vault, context)
        return output(host, newest, changes, copy, remarks, context, isDone: true)
    }

    /// Keeps how it is now as what is wanted: so is what a person names, be it there already, an older state, or no sound one;
    /// and what they have put back over what they accepted.
    /// - Returns: why that failed, as phrases.
    private static func settle(
        _ changes: [HostFileChange], _ input: Input, _ vault: Vault, _ context: OperationContext
    ) async -> [String] {
        let meant = input.backup == nil ? changes.filter(\.endsAcceptance) : changes
        guard !meant.isEmpty else { return [] }
        return await HostKeeper.settle(
            meant.compactMap(\.place), of: input.host.host, as: HostSeries.restoredNote, vault, context)
    }

    /// A file that was named and was accepted as gone.
    private static func gone(_ input: Input, _ known: HostLook?) -> String? {
        let place = HostPlace.here
        return input.file.map { place.place(place.absolute($0)) }.first {
            known?.released.contains($0) == true
        }
    }

    /// Those that are meant: unless a backup or files are named, the host's own places, and others that are broken.
    /// - Parameter remarks: what could not be read.
    private static func chosen(
        _ all: [HostHolding], _ input: Input, _ remarks: [String]
    ) throws(OperationError) -> [HostHolding] {
        let (host, place) = (input.host.host, HostPlace.here)
        if !input.file.isEmpty {
            let places = input.file.map { place.place(place.absolute($0)) }
            if let missing = places.first(where: { place in !all.contains { $0.isOf(place) } }) {
                throw OperationError(
                    .backupUnknown,
                    (["No \(input.backup == nil ? "sound " : "")backup has \(missing)"] + remarks)
                        .joined(separator: "; "),
                    hint: "Run: holdfast host-config list \(host.id)")
            }
            return all.filter { holding in places.contains { holding.isOf($0) } }
        }
        guard input.backup == nil, input.device.other == nil else { return all }
        let all = all.merged(of: host, at: place)
        let own = all.filter { place.isOwn($0.place, of: host) }
        guard !own.isEmpty else { return all }
        let broken = HostDamage.find(host, [], all)?.findings.compactMap(\.holding?.place) ?? []
        return all.filter { holding in
            broken.contains(holding.place) || own.contains { $0.place == holding.place }
        }
    }

    private static func changes(
        _ host: AssistantHost, _ holdings: [HostHolding], _ input: Input
    ) throws(OperationError) -> ([HostFileChange], remarks: [String], missing: String?) {
        let paths = Set(holdings.map(\.file.path))
        var changes: [HostFileChange] = []
        var remarks: [String] = []
        for holding in holdings {
            var change = try HostFileChange(host, holding, beside: paths, withLinks: input.server.isEmpty)
            guard !input.server.isEmpty else {
                if input.backup == nil { change = change.sparingWhatIsSound() }
                change = change.after(changes)
                if !change.isCovered(by: changes) { changes.append(change) }
                continue
            }
            // Several places may lead to one file, whose entries change once.
            if changes.contains(where: { $0.path == change.path }) { continue }
            if let part = try change.limited(to: input.server) {
                changes.append(part)
            } else {
                let names = input.server.map { "‘\($0)’" }.joined(separator: ", ")
                remarks.append(
                    "\(change.path) stays as it is: backup \(holding.backup.id) has no \(names) in it")
            }
        }
        let missing = input.server.first { name in !changes.contains { $0.servers.contains(name) } }
        return (changes, remarks, missing)
    }

    /// How many backups are looked through for a server that the newest one does not have.
    private static let searchLimit = 500

    /// That a server is not in a backup, with the newest one that has it.
    private static func lacking(
        _ name: String, _ newest: BackupSummary, _ input: Input, _ series: HostSeries, _ vault: Vault
    ) async -> OperationError {
        let host = input.host.host
        let asked = input.backup == nil ? "newest" : newest.id.text
        var hint = "Run: holdfast host-config show \(host.id) --backup \(asked)"
        if let other = await holder(of: name, input, series, vault) {
            let files = input.file.flatMap { ["--file", $0] }
            let words = ["restore", host.id] + files + ["--server", name, "--backup", other.text]
            hint =
                "An older one has it. Run: holdfast host-config \(words.map(\.shellWord).joined(separator: " "))"
        }
        return OperationError(
            .backupUnknown, "Backup \(newest.id) has no server ‘\(name)’ of \(host.title)", hint: hint)
    }

    /// The newest backup with such a server; nil where none is found, or it cannot be told.
    private static func holder(
        of name: String, _ input: Input, _ series: HostSeries, _ vault: Vault
    ) async -> BackupID? {
        let places = input.file.map { HostPlace.here.place(HostPlace.here.absolute($0)) }
        for summary in (try? await series.backups(in: vault))?.prefix(searchLimit) ?? [] {
            // One that cannot be read is not the one to name.
            guard let manifest = try? await vault.manifest(summary.id),
                let files = try? await series.files(of: manifest, in: vault)
            else { continue }
            let isHere = files.contains { file in
                file.text.servers[name] != nil
                    && (places.isEmpty || places.contains { file.path == $0 || file.places.contains($0) })
            }
            if isHere { return summary.id }
        }
        return nil
    }

    /// Carries all out; where one fails, what was done before is told.
    /// - Returns: what of the files' own could not be put back, as phrases.
    private static func carryOut(
        _ changes: [HostFileChange], _ host: AssistantHost, _ copy: String?
    ) throws(OperationError) -> [String] {
        var done: [String] = []
        var remarks: [String] = []
        for change in changes {
            do throws(OperationError) { remarks += try change.carryOut() } catch {
                guard !done.isEmpty else { throw error }
                let back = copy.map {
                    "What was there before: holdfast host-config restore \(host.id) --backup \($0)"
                }
                throw OperationError(
                    error.code, "\(error.message). Restored before: \(done.joined(separator: ", "))",
                    hint: back ?? "Nothing else was changed.")
            }
            done.append(change.path)
        }
        return remarks
    }

    /// Keeps what is there now; what the vault has already needs no new backup.
    /// - Parameter known: what the backups say, where that was read already.
    private func safetyCopy(
        _ host: AssistantHost, _ changes: [HostFileChange], _ known: HostLook?, _ vault: Vault,
        _ context: OperationContext
    ) async throws(OperationError) -> String? {
        var present: [String] = []
        for path in changes.flatMap(\.endangered) where !present.contains(path) { present.append(path) }
        guard !present.isEmpty else { return nil }
        let lease = WriterLease(vault: vault, what: "host-config restore") { _ in }
        let keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: context.clock)
        let row: BackupHostConfig.Row
        do throws(OperationError) {
            row = try await keeper.keepReplaced(present, besides: known)
        } catch {
            await lease.close()
            throw error
        }
        await lease.close()
        guard let copy = row.backup else {
            throw OperationError(
                .ioFailed,
                "What is there could not be kept, and so nothing was changed: \(row.remarks.joined(separator: "; "))"
            )
        }
        return copy
    }

    private func output(
        _ host: AssistantHost, _ backup: BackupSummary, _ changes: [HostFileChange], _ copy: String?,
        _ remarks: [String], _ context: OperationContext, isDone: Bool = false
    ) -> Output {
        let shown = ShownHostText(host: host, redactor: context.services.redactor)
        return Output(
            host: host.id, title: host.title, backup: backup.id.text, made: backup.started,
            files: changes.map { $0.report(isDone: isDone, as: shown) }, safetyCopy: copy, remarks: remarks)
    }
}
