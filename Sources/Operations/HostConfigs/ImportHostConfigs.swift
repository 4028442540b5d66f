package import Basics
import HostConfig
import Vault

/// Brings backups of hosts' configuration that other programs made, or an export, into the vault.
package struct ImportHostConfigs: ServiceOperation {
    /// What they come from.
    package enum Source: String, Codable, Sendable, CaseIterable, FieldValue {
        /// A folder of Hatch's backups.
        case hatch
        /// A file that `host-config export` wrote.
        case series
    }

    package struct Input: OperationInput {
        @Field("What it was made by.", .operand) var from: Source
        @Field("The file or folder.", .operand) var path: String
        @Field("Where the files belong, for one program, where that cannot be told.", placeholder: "FILE")
        var file: String?
        @Field("Only say what would come in.") var dryRun = false
        package init() {}
    }

    /// What became of one backup.
    package struct Row: Codable, Sendable {
        package let host: String
        package let made: Timestamp
        /// `stored`, `present` or `would-store`.
        package let outcome: String
        package let backup: String?
        /// Where its files belong here.
        package let files: [String]
        /// The places of files that were gone, as it was meant to be.
        package let gone: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [Row]
        /// What was not taken, with the reason.
        package let skipped: [String]

        package var isComplete: Bool { skipped.isEmpty }

        package var display: [DisplayBlock] {
            [
                ImportTable(
                    title: "HOST", files: "FILE",
                    rows: backups.map {
                        .init(
                            name: $0.host, made: $0.made, outcome: $0.outcome, backup: $0.backup,
                            files: ($0.files + $0.gone.map { "gone: \($0)" }).joined(separator: ", "))
                    }
                ).block
            ] + DisplayBlock.remarks("Not taken", skipped)
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("import"),
        summary: "Bring backups of assistants' configuration from elsewhere into the vault",
        discussion: """
            Each becomes a backup with the time it was made at; what is here already is not stored twice. A file of the program's \
            own place is taken for that place of this account; one of a project only for its own path in this account's home, \
            or where --file says: an import cannot make a restore write elsewhere. Hatch's backups do not say where they came from.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .fileUnknown, .fileInvalid, .ioFailed, .vaultLocked, .diskFull, .vaultCorrupt,
            .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example(
                "holdfast host-config import hatch ~/.hatch/mcp_host_config_backups --dry-run",
                "what would come in?"),
            Contract.Example("holdfast host-config import series cursor.jsonl", "an export"),
        ], audit: .wanted, reach: .everything)

    /// How far the clock of another machine may be ahead.
    private static let tolerance: Duration = .seconds(300)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let place = HostPlace.here
        let path = place.absolute(input.path)
        var skipped: [String] = []
        var copies: [HostCopy]
        switch input.from {
        case .series: copies = try Self.series(path)
        case .hatch: (copies, skipped) = try HatchStore.read(path)
        }
        let target = try input.file.map { (file) throws(OperationError) in
            try ImportTarget(place.absolute(file), of: copies, place)
        }
        let vault = try await context.services.vault()
        var placed: [HostCopy] = []
        var now = context.clock.now()
        for copy in copies {
            var (whole, failures) = Self.placed(copy, target, place)
            whole?.origin = copy.origin.seen(from: vault.id)
            // One of the future would be the newest for long; how a clock goes astray is believed.
            if copy.made > now + Self.tolerance {
                whole?.saidTime = copy.made
                whole?.made = now
                now = now + .nanoseconds(1)
            }
            if let whole { placed.append(whole) }
            skipped += failures
        }
        let lease = WriterLease(vault: vault, what: "host-config import") { _ in }
        var rows: [Row] = []
        // The same state of two places is two backups.
        var taken: Set<String> = []
        /// What was there before, by program and times.
        var known: [String: [Timestamp: [BackupSummary]]] = [:]
        var failure: OperationError?
        do {
            for copy in placed {
                if known[copy.host.id] == nil {
                    known[copy.host.id] = Self.byTime(try await HostSeries(copy.host).backups(in: vault))
                }
                // Where its time was not believed, the end of it says what that was.
                let alike = known[copy.host.id]?[copy.saidTime ?? copy.made] ?? []
                let row = try await take(
                    copy, alike.filter { !taken.contains($0.id.text) },
                    HostKeeper(host: copy.host, vault: vault, lease: lease, clock: context.clock),
                    isTrial: input.dryRun)
                rows.append(row)
                if let backup = row.backup { taken.insert(backup) }
                if let said = copy.saidTime, row.outcome != "present" {
                    context.warnings.add(
                        "\(copy.host.title): one says that it was made in the future, \(said), and counts as made now"
                    )
                }
            }
        } catch { failure = OperationError(any: error) }
        await lease.close()
        if let failure { throw failure }
        return Output(backups: rows, skipped: skipped)
    }

    /// The backup with its files in the places of this account, and what of it is not taken, as phrases; nil where that
    /// is all.
    private static func placed(
        _ copy: HostCopy, _ target: ImportTarget?, _ place: HostPlace
    ) -> (HostCopy?, [String]) {
        func phrase(_ error: OperationError) -> String {
            "\(copy.host.title), \(copy.made): \(error.message). \(error.hint)"
        }
        var (files, failures): ([HostCopy.File], [String]) = ([], [])
        do throws(OperationError) {
            guard !copy.files.isEmpty || !copy.gone.isEmpty else {
                throw OperationError(
                    .fileInvalid, "There is no file in it, nor one that was gone", hint: "The others come in."
                )
            }
            _ = try DeviceFields.label(copy.name, of: "name")
            for file in copy.files {
                do throws(OperationError) {
                    files.append(try placed(file, of: copy.host, target, place))
                } catch { failures.append(phrase(error)) }
            }
            let paths = files.map(\.path)
            if let twice = paths.first(where: { path in paths.count { $0 == path } > 1 }) {
                throw OperationError(
                    .fileInvalid, "Two of its files would be \(twice)",
                    hint: "Import one of them, with --file.")
            }
        } catch { return (nil, failures + [phrase(error)]) }
        var whole = copy
        whole.files = files
        // Of a place that this account does not have nothing can be gone.
        whole.released = copy.gone.compactMap { gone in
            if let target, target.means(gone.place) { return target.path }
            return try? place.home(of: gone.place, of: copy.host, isOwn: gone.isOwn)
        }
        whole.named = named(copy, target, place)
        whole.settled = files.filter(\.isSettled).flatMap { PlaceTrace.places(of: $0.path, by: $0.links) }
        return (files.isEmpty && whole.released.isEmpty ? nil : whole, failures)
    }

    /// The spellings of what `--file` says, where it is about a file of the backup, or one that was gone.
    private static func named(_ copy: HostCopy, _ target: ImportTarget?, _ place: HostPlace) -> Set<String> {
        let origins = copy.files.map(\.origin) + copy.gone.map(\.place)
        guard let target, origins.contains(where: target.means) else { return [] }
        let end = (try? PlaceTrace.of(target.path, home: place.environment["HOME"]))?.end
        let real = (try? Folder.realPathIfPresent(target.path)) ?? nil
        return Set([target.path, place.place(target.path)] + [end, real].compactMap(\.self))
    }

    private static func placed(
        _ file: HostCopy.File, of host: AssistantHost, _ target: ImportTarget?, _ place: HostPlace
    ) throws(OperationError) -> HostCopy.File {
        let home =
            if let target, target.means(file.origin) { target.path } else {
                try place.home(of: file.origin, of: host, isOwn: file.isOwn)
            }
        let trace = try? PlaceTrace.of(home, home: place.environment["HOME"])
        let foreign: String?
        do throws(SystemError) { foreign = try trace?.foreignText(from: home) } catch {
            throw OperationError(.ioFailed, "\(home) cannot be looked at: \(error)")
        }
        if let foreign { throw OperationError(.ioFailed, "\(home) is no place to import to: \(foreign)") }
        var placed = file
        placed.owner = ProcessAccount.effective
        // Whatever a text says of where it comes from, it gives nobody rights.
        placed.attributes = placed.attributes.filter(\.isOfUsers)
        placed.links = trace?.links ?? []
        placed.path = trace.map { $0.links.isEmpty ? home : $0.end } ?? home
        return placed
    }

    private static func series(_ path: String) throws(OperationError) -> [HostCopy] {
        let bytes: [UInt8]?
        do { bytes = try AtomicFile.read(path, limit: HostArchive.limit) } catch {
            let isFolder = (try? FileStatus.isFolder(path)) == true
            throw OperationError(
                .ioFailed, "\(path) cannot be read: \(isFolder ? "it is a folder" : error.reason)",
                hint: isFolder ? "Name the file that ‘holdfast host-config export’ wrote." : "")
        }
        guard let bytes else { throw OperationError(.fileUnknown, "There is no file \(path)") }
        do { return try HostArchive.read(bytes) } catch {
            throw OperationError(
                .fileInvalid, "\(path) cannot be imported: \(error.reason), in line \(error.line)",
                hint: "Nothing was stored.")
        }
    }

    /// - Parameter known: those that say that they were made when this one was.
    private func take(
        _ copy: HostCopy, _ known: [BackupSummary], _ keeper: HostKeeper, isTrial: Bool
    ) async throws -> Row {
        func row(_ outcome: String, _ backup: BackupID?, at files: [String]? = nil) -> Row {
            Row(
                host: copy.host.id, made: copy.made, outcome: outcome, backup: backup?.text,
                files: files ?? copy.files.map(\.path), gone: copy.released)
        }
        let vault = keeper.vault
        var present: [(id: BackupID, files: [String])] = []
        for backup in known {
            let files = try await vault.perform { [copy] in try Self.files(of: backup.id, like: copy, in: $0)
            }
            if let files { present.append((backup.id, files)) }
        }
        let paths = Set(copy.files.map(\.path))
        if let same = present.first(where: { Set($0.files) == paths }) ?? present.first {
            return row("present", same.id, at: same.files)
        }
        guard !isTrial else { return row("would-store", nil) }
        var copy = copy
        copy.doubts = HostCopy.doubts(copy.files, of: copy.host) + (try await losses(copy, in: vault))
        return row("stored", try await keeper.store(copy, finished: copy.saidTime ?? copy.made).id)
    }

    /// Backups by when they were started, and when they were finished.
    private static func byTime(_ backups: [BackupSummary]) -> [Timestamp: [BackupSummary]] {
        var all = Dictionary(grouping: backups, by: \.started)
        for backup in backups where backup.finished != backup.started {
            all[backup.finished, default: []].append(backup)
        }
        return all
    }

    /// Where a backup has the files of another one; nil where it has others, or not where somebody said.
    private static func files(
        of id: BackupID, like copy: HostCopy, in vault: isolated Vault
    ) throws -> [String]? {
        guard try HostKeeper.holds(id, copy.files, wherever: true, in: vault) else { return nil }
        let manifest = try vault.manifest(id)
        let files = try vault.entries(of: manifest).filter { $0.kind == .file }
            .map { String(decoding: $0.path, as: UTF8.self) }
        let all = HostSeries.places(in: manifest, before: HostSeries.release).union(files)
        return copy.named.isEmpty || !all.isDisjoint(with: copy.named) ? files : nil
    }

    /// Files without servers that had some before, or had lost them where they come from, as phrases.
    private func losses(_ copy: HostCopy, in vault: Vault) async throws -> [String] {
        let wiped = copy.files.filter {
            !$0.isSettled && ($0.loss != nil || HostText($0.bytes, of: copy.host).state == .noServers)
        }
        guard !wiped.isEmpty else { return [] }
        let before = try await HostSeries(copy.host).holdings(
            before: copy.made, of: wiped.map(\.path), in: vault)
        return wiped.compactMap { file in
            if let loss = file.loss { return "\(file.path) \(loss)" }
            let holding = before.first { $0.isOf(file.path) }
            let loss = holding.flatMap { HostText(file.bytes, of: copy.host).loss(since: $0.file.text) }
            return loss.map { "\(file.path) \($0)" }
        }
    }
}
