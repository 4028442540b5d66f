package import Basics
import ConfigText
import HostConfig
import RemoteExecution
import Vault

/// Puts a host's configuration back as a backup has it.
package struct RestoreHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field("The backup: its id or the beginning of it; the newest one unless given.", placeholder: "ID")
        var backup: String?
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
        /// `restored`, `created`, `unchanged`, `would-restore` or `would-create`.
        package let outcome: String
        package let bytes: ByteCount
        /// What changes, as a unified difference.
        package let diff: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let title: String
        package let backup: String
        package let made: Timestamp
        package let files: [File]
        /// The backup of what was there before; nil where nothing was replaced.
        package let safetyCopy: String?

        package var display: [DisplayBlock] {
            var lines: [Cell] = []
            for file in files {
                let isDone = ["restored", "created"].contains(file.outcome)
                lines.append(Cell("\(file.path): \(file.outcome)", isDone ? .good : .plain))
                if !isDone {
                    lines += file.diff.map {
                        Cell($0, $0.hasPrefix("+") ? .good : $0.hasPrefix("-") ? .bad : .plain)
                    }
                }
            }
            if let safetyCopy {
                lines.append(
                    Cell(
                        "What was there before: holdfast host-config restore \(host) --backup \(safetyCopy)",
                        .dim))
            }
            if files.contains(where: { ["restored", "created"].contains($0.outcome) }) {
                lines.append(Cell("Start \(title) anew to have it read."))
            }
            return [.lines(lines)]
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("restore"),
        summary: "Put the configuration of an assistant's program back as a backup has it",
        discussion: """
            Byte by byte, with mode and time; a link that leads to the file stays. With --server only that entry is put back, as a \
            change of the text that leaves all else as it is. What is there is kept in the vault first, and \
            nothing is written where that fails. Each file is replaced in one step, and only if nobody else wrote it meanwhile.

            Entries of servers are commands that run, and say what assistants may do: only a person puts them back; others are \
            told what would change, and the command.
            """,
        effect: .destroys,
        errors: [
            .approvalMissing, .backupUnknown, .backupAmbiguous, .fileChanged, .fileInvalid, .ioFailed,
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
                "Changes nothing by itself: ‘dry_run’ tells what would change; without it the error says what a person runs at a terminal.",
            use: "Use it when a configuration was wiped or spoiled; look with diff_host_config first.",
            returns: "Returns each file's outcome and the backup of what was there before.",
            next: [.init("diff_host_config", ["host": "host"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let host = input.host.host
        let vault = try await context.services.vault()
        let series = HostSeries(host, on: input.device.other)
        let manifest = try await series.manifest(input.backup, in: vault)
        if let device = input.device.other {
            throw OperationError(
                .approvalMissing,
                "What a restore changes on \(device) is planned and approved first; nothing was changed",
                hint: "Run: holdfast restore plan \(manifest.id) --device \(device) --in-place")
        }
        var changes: [HostFileChange] = []
        for file in try await HostSeries.files(of: manifest, in: vault) {
            changes.append(try HostFileChange(host, file))
        }
        if !input.server.isEmpty {
            var limited: [HostFileChange] = []
            for change in changes {
                if let part = try change.limited(to: input.server) { limited.append(part) }
            }
            changes = limited
        }
        if let missing = input.server.first(where: { name in !changes.contains { $0.servers.contains(name) } }
        ) {
            throw OperationError(
                .fileInvalid, "Backup \(manifest.id) has no server ‘\(missing)’ of \(host.title)",
                hint: "Run: holdfast host-config show \(host.id) --backup \(manifest.id)")
        }
        let due = changes.filter { !$0.isDone }
        guard !input.dryRun, !due.isEmpty else { return output(host, manifest, changes, nil, context) }
        guard context.caller.surface == "cli" else {
            let servers = input.server.flatMap { ["--server", $0.shellWord] }
            throw OperationError(
                .approvalMissing,
                "\(due.count.counted("file")) would change, which is for a person to do; nothing was changed",
                hint:
                    "A person runs: \((["holdfast", "host-config", "restore", host.id, "--backup", manifest.id.text] + servers).joined(separator: " "))"
            )
        }
        let copy = try await safetyCopy(host, due, vault, context)
        for change in due { try change.carryOut() }
        return output(host, manifest, changes, copy, context, isDone: true)
    }

    /// Keeps what is there now; what the vault has already needs no new backup.
    private func safetyCopy(
        _ host: AssistantHost, _ changes: [HostFileChange], _ vault: Vault, _ context: OperationContext
    ) async throws(OperationError) -> String? {
        let present = changes.filter { $0.present != nil }.map(\.path)
        guard !present.isEmpty else { return nil }
        let lease = WriterLease(vault: vault, what: "host-config restore") { _ in }
        let keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: context.clock)
        let row: BackupHostConfig.Row
        do throws(OperationError) {
            row = try await keeper.keep(present, name: HostSeries.safetyCopyNote, always: false)
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
        _ host: AssistantHost, _ manifest: Manifest, _ changes: [HostFileChange], _ copy: String?,
        _ context: OperationContext, isDone: Bool = false
    ) -> Output {
        let shown = ShownHostText(host: host, redactor: context.services.redactor)
        return Output(
            host: host.id, title: host.title, backup: manifest.id.text, made: manifest.summary.started,
            files: changes.map { $0.report(isDone: isDone, as: shown) }, safetyCopy: copy)
    }
}

/// One file of a host on its way back.
struct HostFileChange {
    private let host: AssistantHost
    private let entry: FileEntry
    /// What is to be there.
    private var bytes: [UInt8]
    /// Whether only entries change: mode and time are then those of the file that is there.
    private(set) var servers: [String] = []
    let path: String
    /// What is there; nil where nothing is.
    let present: FileSnapshot?

    init(_ host: AssistantHost, _ file: HostSeries.File) throws(OperationError) {
        self.host = host
        entry = file.entry
        bytes = file.bytes
        path = file.path
        do { present = try FileSnapshot.read(path, limit: HostSituation.limit) } catch {
            throw OperationError(
                .ioFailed,
                "\(path) cannot be read: \(FileSnapshot.reason(error, limit: HostSituation.limit))",
                hint: "Nothing was changed.")
        }
    }

    /// Whether it is as the backup has it.
    var isDone: Bool {
        guard let present else { return false }
        return present.bytes == bytes && (present.mode == entry.mode || !servers.isEmpty)
    }

    /// The change of these servers' entries alone; nil where the backup's file has none of them.
    func limited(to names: [String]) throws(OperationError) -> HostFileChange? {
        let old = try HostFile.document(of: host, bytes, path)
        var change = self
        change.bytes = present?.bytes ?? []
        do throws(ConfigTextError) {
            for name in names {
                guard let entry = try old.entry(at: host.place(of: name)) else { continue }
                let document = try host.format.document(change.bytes)
                let isThere = try document.value(at: host.place(of: name)) == entry.json
                if !isThere { change.bytes = try document.setting(host.place(of: name), to: entry) }
                change.servers.append(name)
            }
        } catch { throw OperationError(changing: host, path, error) }
        return change.servers.isEmpty ? nil : change
    }

    func carryOut() throws(OperationError) {
        do throws(ReplacementError) {
            if let present {
                let isWhole = servers.isEmpty
                try present.replace(
                    with: bytes, permissions: isWhole ? entry.mode : nil,
                    modified: isWhole ? entry.modified : nil)
            } else {
                do { try Folder.createAll(AtomicFile.folder(of: path)) } catch {
                    throw ReplacementError.system(error)
                }
                try FileSnapshot.create(bytes, at: path, permissions: entry.mode, modified: entry.modified)
            }
        } catch { throw OperationError(replacing: path, of: host, error) }
    }

    func report(isDone wasDone: Bool, as shown: ShownHostText) -> RestoreHostConfig.File {
        let outcome: String
        if isDone {
            outcome = "unchanged"
        } else if present == nil {
            outcome = wasDone ? "created" : "would-create"
        } else {
            outcome = wasDone ? "restored" : "would-restore"
        }
        return RestoreHostConfig.File(
            path: path, outcome: outcome, bytes: ByteCount(Int64(bytes.count)),
            diff: isDone ? [] : shown.diff(present?.bytes ?? [], bytes))
    }
}
