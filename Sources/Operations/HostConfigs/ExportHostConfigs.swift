package import Basics
import HostConfig
import Vault

/// Writes all backups of one host's configuration into one file.
package struct ExportHostConfigs: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field("The file to write, which must not exist.", placeholder: "FILE") var to: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let file: String
        package let backups: Int
        package let bytes: ByteCount
        /// What cannot be read and is not in it, with the reason.
        package let skipped: [String]

        package var isComplete: Bool { skipped.isEmpty }

        package var display: [DisplayBlock] {
            [
                .lines([
                    Cell("\(backups.counted("backup")) of \(host), \(bytes), are in \(file).", .good),
                    Cell("Secrets are in it as they are.", .warning),
                ])
            ] + DisplayBlock.remarks("Not in it", skipped, .bad)
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("export"),
        summary: "Write all backups of a program's configuration into one file",
        discussion: """
            The file is text, a JSON object on each line, and needs no Holdfast to be read; equal contents are in it once. Only its \
            owner can read it, as secrets are in it as they are. ‘host-config import series’ brings it back, here or elsewhere.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .backupUnknown, .targetExists, .diskFull, .ioFailed, .vaultCorrupt,
            .notInitialised, .keyInvalid,
        ],
        examples: [Contract.Example("holdfast host-config export cursor --to cursor.jsonl", "all of them")],
        audit: .wanted)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let host = input.host.host
        let path = HostPlace.here.absolute(input.to)
        let vault = try await context.services.vault()
        var lines: [[UInt8]] = []
        var size = 0
        var known: Set<String> = []
        let backups: [BackupSummary]
        do { backups = try await HostSeries(host).backups(in: vault) } catch { throw OperationError(error) }
        guard !backups.isEmpty else {
            throw OperationError(
                .backupUnknown, "There is no backup of \(host.title)’s configuration",
                hint: "Make one with: holdfast host-config backup \(host.id)")
        }
        var skipped: [String]
        do { skipped = try await HostSeries.damage(in: vault) } catch { throw OperationError(error) }
        var count = 0
        for backup in backups.reversed() {
            let (whole, failures) = try await Self.copy(backup, host, vault)
            skipped += failures
            guard let copy = whole else { continue }
            count += 1
            for file in copy.files {
                let hash = HostArchive.hash(file.bytes)
                guard known.insert(hash).inserted else { continue }
                lines.append(JSONWriter.bytes(HostArchive.content(file.bytes, hash: hash)))
                size += lines.last?.count ?? 0
            }
            lines.append(JSONWriter.bytes(HostArchive.backup(copy, id: backup.id.text)))
            size += lines.last?.count ?? 0
            guard size <= HostArchive.limit else {
                throw OperationError(
                    .argumentInvalid,
                    "The backups of \(host.title) are larger than \(ByteCount(Int64(HostArchive.limit))) together",
                    hint: "Let old ones go first: holdfast host-config clean \(host.id)")
            }
        }
        guard count > 0 else {
            throw OperationError(
                .vaultCorrupt,
                "No backup of \(host.title)’s configuration can be read: \(skipped.first ?? "")",
                hint: "Run: holdfast backup verify")
        }
        let header = JSONWriter.bytes(HostArchive.header(host, vault: vault.id, count: count))
        let bytes = Array(([header] + lines).joined(separator: [0x0A])) + [0x0A]
        try Self.write(bytes, to: path)
        return Output(
            host: host.id, file: path, backups: count, bytes: ByteCount(Int64(bytes.count)),
            skipped: skipped)
    }

    /// Writes a file where none is yet.
    private static func write(_ bytes: [UInt8], to path: String) throws(OperationError) {
        do throws(ReplacementError) {
            let folder: HeldFolder
            do throws(SystemError) {
                folder = try HeldFolder(Folder.realPath(AtomicFile.folder(of: path)))
            } catch { throw .system(error) }
            try FileSnapshot.create(bytes, AtomicFile.name(of: path), in: folder)
        } catch {
            switch error {
            case .changed, .hasOtherNames:
                throw OperationError(
                    .targetExists, "\(path) is there already, and nothing was written over it",
                    hint: "Name a new file, or move that one away.")
            case .system(let error):
                throw OperationError(
                    error.isFull ? .diskFull : .ioFailed, "The export stopped: \(error)",
                    hint: "Name a place that exists and that this account may write to.")
            }
        }
    }

    /// One backup as it goes out, with those of its files that can be read, and why others cannot; nil where none can.
    private static func copy(
        _ backup: BackupSummary, _ host: AssistantHost, _ vault: Vault
    ) async throws(OperationError) -> (HostCopy?, failures: [String]) {
        var failures: [String] = []
        do throws(OperationError) {
            let manifest: Manifest
            do { manifest = try await vault.manifest(backup.id) } catch { throw OperationError(error) }
            var files: [HostCopy.File] = []
            for entry in try await HostSeries.entries(of: manifest, in: vault) {
                do throws(OperationError) {
                    let file = try await HostSeries(host).file(entry, in: vault)
                    files.append(copy(file, of: host, in: manifest))
                } catch {
                    guard error.isOfOneBackup else { throw error }
                    failures.append("backup \(backup.id), \(entry.path): \(error.message)")
                }
            }
            let gone = HostSeries.places(in: manifest, before: HostSeries.release).sorted()
            guard !files.isEmpty || !gone.isEmpty else { return (nil, failures) }
            let copy = HostCopy(
                host: host, made: manifest.summary.started, name: manifest.summary.name, files: files,
                gone: gone.map { ($0, HostPlace.here.isOwn($0, of: host)) }, origin: HostOrigin(of: manifest))
            return (copy, failures)
        } catch {
            guard error.isOfOneBackup else { throw error }
            return (nil, failures + ["backup \(backup.id): \(error.message)"])
        }
    }

    private static func copy(
        _ file: HostSeries.File, of host: AssistantHost, in manifest: Manifest
    ) -> HostCopy.File {
        let place = HostPlace.here
        let settled = HostSeries.places(in: manifest, before: HostSeries.settlement)
        var copy = HostCopy.File(file)
        copy.loss = HostSeries.loss(of: file, in: manifest)
        copy.isSettled = !settled.isDisjoint(with: file.places + [file.path])
        let own = file.places.first { place.isOwn($0, of: host) }
        copy.isOwn = own != nil || place.isOwn(file.path, of: host)
        if let own, own != file.path { copy.place = own }
        return copy
    }
}
