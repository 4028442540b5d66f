import Basics
import Codecs
import Glibc
import Restore
import Vault

/// Writes the files of a backup below a folder or into an archive.
///
/// What is damaged in the vault is left out and named; everything else is written.
struct BackupExport {
    /// A recorded output or inventory, written beside the files.
    struct Record: Sendable {
        /// Path below the target, for example `_holdfast/users/inventory.json`.
        let path: String
        let content: [ContentRef]
    }

    /// What was written.
    struct Result {
        var files = 0
        var bytes: Int64 = 0
        var skipped: [String] = []
        /// What is damaged in the vault, by path, with the reason.
        var lost: [String] = []
        /// How many files that are.
        var lostFiles = 0
        private var lostPaths: Set<[UInt8]> = []

        /// Whether the content that a hard link stands for is lost.
        func isLost(_ entry: FileEntry) -> Bool {
            entry.kind == .hardLink && lostPaths.contains(entry.linkTarget)
        }

        mutating func lose(_ path: [UInt8], _ reason: String) {
            lostFiles += 1
            lostPaths.insert(path)
            lost.append("\(DeviceText.path(path)): \(reason)")
        }

        mutating func add(bytes count: Int64) {
            files += 1
            bytes += count
        }
    }

    /// The file that lies in the target until all is written, so that nobody takes a part for the whole.
    static let unfinished = "_holdfast-unfinished"

    private static let lostLink = "it is another name of a file that is lost"

    let vault: Vault
    let manifest: Manifest
    let progress: any ProgressReporter
    /// Knows what of the backup would lead out of the target, or has no end.
    let tree: TreeGuard

    /// Notes an entry that must not be written; tells whether it is one.
    private func refuses(_ entry: FileEntry, _ result: inout Result) -> Bool {
        // The root itself is the target.
        guard entry.path != [0x2F], let reason = tree.problem(entry) else { return false }
        result.skipped.append("\(DeviceText.path(entry.path)) \(reason)")
        return true
    }

    private func report(_ result: Result, of total: Int) {
        progress.report(
            ProgressUpdate(
                phase: "exporting", done: Int64(result.files), total: Int64(total), unit: "files",
                bytes: ByteCount(result.bytes)))
    }

    /// Inventories and recorded outputs of the wanted sections, all when none is named.
    func records(in wanted: Set<String>) -> [Record] {
        var records: [Record] = []
        for section in manifest.sections where wanted.isEmpty || wanted.contains(section.name) {
            let folder = "_holdfast/\(section.name)"
            if !section.inventory.isEmpty {
                records.append(Record(path: "\(folder)/inventory.json", content: section.inventory))
            }
            for capture in section.captures {
                for (pieces, suffix) in [(capture.output, "out"), (capture.errors, "err")]
                where !pieces.isEmpty {
                    records.append(Record(path: "\(folder)/\(capture.probe).\(suffix)", content: pieces))
                }
            }
        }
        return records
    }

    /// The bytes of a record; nil for one that is damaged, which is noted as lost.
    private func bytes(of record: Record, _ result: inout Result) async throws(VaultError) -> [UInt8]? {
        do { return try await vault.bytes(of: record.content) } catch {
            guard error.isLoss else { throw error }
            result.lose(Array(record.path.utf8), error.message)
            return nil
        }
    }

    // MARK: Folder

    func writeFolder(_ target: String, _ entries: [FileEntry], _ records: [Record]) async throws -> Result {
        try Folder.createAll(target)
        guard try Folder.items(target).isEmpty else {
            throw OperationError(.targetExists, "\(target) is not empty", hint: "Name a new folder.")
        }
        let writer = try FolderExport(target)
        try await writer.mark(Self.unfinished, saying: manifest.id)
        var result = Result()
        // Links come last: nothing is ever written through one.
        let order = entries.filter(\.isPlain) + entries.filter { !$0.isPlain }
        try await write(ExportStep.steps(order.filter { !refuses($0, &result) }), writer, &result) {
            report($0, of: entries.count)
        }
        for record in records {
            guard let bytes = try await bytes(of: record, &result) else { continue }
            try await writer.write(record, bytes)
            result.add(bytes: Int64(bytes.count))
        }
        let folders = entries.filter { $0.kind == .folder }
        for entry in folders.reversed() where entry.path != [0x2F] && tree.problem(entry) == nil {
            await finish(entry, writer, &result)
        }
        try await writer.unmark(Self.unfinished)
        // The root itself is the target.
        for entry in folders where entry.path == [0x2F] { await finish(entry, writer, &result) }
        return result
    }

    private func finish(_ entry: FileEntry, _ writer: FolderExport, _ result: inout Result) async {
        do { try await writer.finishFolder(entry) } catch {
            result.skipped.append("\(DeviceText.path(entry.path)): \(error)")
        }
    }

    private func write(
        _ steps: [ExportStep], _ writer: FolderExport, _ result: inout Result,
        reporting report: (Result) -> Void
    ) async throws {
        var contents = try await contents(of: steps.first)
        for (index, step) in steps.enumerated() {
            try Task.checkCancellation()
            let next = index + 1 < steps.count ? steps[index + 1] : nil
            if case .many(let files) = step, let ready = contents {
                async let problems = writer.writeFiles(zip(files, ready).map { (entry: $0, content: $1) })
                contents = try await self.contents(of: next)
                for (entry, problem) in zip(files, try await problems) {
                    if let problem { skip(entry, problem, &result) } else { count(entry, &result) }
                }
            } else {
                for entry in step.entries {
                    do { try await write(entry, writer, &result) } catch let error as SystemError
                        where error.code != ENOSPC
                    { skip(entry, error, &result) }
                }
                contents = try await self.contents(of: next)
            }
            report(result)
        }
    }

    private func skip(_ entry: FileEntry, _ error: SystemError, _ result: inout Result) {
        result.skipped.append("\(DeviceText.path(entry.path)): \(error.reason)")
    }

    /// The contents of a step of many files; nil for any other, and where one of them is damaged.
    private func contents(of step: ExportStep?) async throws(VaultError) -> [[UInt8]]? {
        guard case .many(let files) = step else { return nil }
        do { return try await vault.contents(of: files) } catch {
            guard error.isLoss else { throw error }
            return nil
        }
    }

    private func write(_ entry: FileEntry, _ writer: FolderExport, _ result: inout Result) async throws {
        guard !result.isLost(entry) else { return result.lose(entry.path, Self.lostLink) }
        switch entry.kind {
        case .file:
            do { try await writer.writeFile(entry, from: vault) } catch let error as VaultError
                where error.isLoss
            {
                // A part of a file under its name would be taken for the whole.
                try await writer.remove(entry)
                return result.lose(entry.path, error.message)
            }
        case .folder: try await writer.makeFolder(entry)
        case .symbolicLink, .hardLink, .pipe: try await writer.makeSpecial(entry)
        case .characterDevice, .blockDevice, .socket:
            result.skipped.append(
                "\(DeviceText.path(entry.path)): a \(entry.kind.words) is kept by an archive only")
            return
        }
        count(entry, &result)
    }

    /// Notes an entry that is written.
    private func count(_ entry: FileEntry, _ result: inout Result) {
        if entry.attributes.contains(where: { $0.name.starts(with: "SCHILY.acl.".utf8) }) {
            result.skipped.append("\(DeviceText.path(entry.path)): its ACL is kept by an archive only")
        }
        result.add(bytes: entry.size)
    }

    // MARK: Archive

    func writeArchive(_ target: String, _ entries: [FileEntry], _ records: [Record]) async throws -> Result {
        guard try Folder.item(target) == nil else { throw SystemError("open", target, code: EEXIST) }
        // An archive has no end mark that readers ask for: what is not whole must not have its name.
        let part = target + ".unfinished"
        guard try Folder.item(part) == nil else {
            throw OperationError(
                .targetExists, "\(part) is there, of an export that was ended, or that still runs",
                hint: "If no export runs, remove it and try again.")
        }
        let file = try ArchiveFile(part)
        do {
            let result = try await fill(file, at: part, entries, records)
            try await file.rename(to: target)
            return result
        } catch {
            await file.discard()
            throw error
        }
    }

    private func fill(
        _ file: ArchiveFile, at target: String, _ entries: [FileEntry], _ records: [Record]
    ) async throws -> Result {
        var result = Result()
        // What lies in a folder follows it at once: tar sets a folder's times when it comes to something else.
        for entry in entries.inFolderOrder where !refuses(entry, &result) {
            try Task.checkCancellation()
            guard let header = TarEntry(entry) else {
                result.skipped.append(
                    "\(DeviceText.path(entry.path)): a \(entry.kind.words) has no form in an archive")
                continue
            }
            guard !result.isLost(entry) else {
                result.lose(entry.path, Self.lostLink)
                continue
            }
            let start = await file.length
            guard try hasRoom(for: entry, header, at: target) else {
                result.skipped.append(
                    "\(DeviceText.path(entry.path)): its holes take \(ByteCount(entry.size)) in an archive, more than is free"
                )
                continue
            }
            do {
                try await file.append(TarEncoder.header(header))
                try await writeContent(of: entry, keepingHoles: header.dataRuns != nil, to: file)
                result.add(bytes: entry.size)
            } catch let error as VaultError where error.isLoss {
                try await file.cut(to: start)
                result.lose(entry.path, error.message)
            }
            report(result, of: entries.count)
        }
        for record in records {
            guard let bytes = try await bytes(of: record, &result) else { continue }
            let size = Int64(bytes.count)
            let header = TarEntry(path: Array(record.path.utf8), kind: .file, mode: 0o600, size: size)
            try await file.append(TarEncoder.header(header) + bytes + TarEncoder.padding(after: size))
            result.add(bytes: size)
        }
        try await file.append(TarEncoder.end)
        try await file.sync()
        return result
    }

    /// Whether holes that an archive has no form for may be written out.
    private func hasRoom(
        for entry: FileEntry, _ header: TarEntry, at target: String
    ) throws(SystemError) -> Bool {
        guard entry.extents != nil, header.dataRuns == nil else { return true }
        return try entry.size < FreeSpace.bytes(at: target)
    }

    private func writeContent(
        of entry: FileEntry, keepingHoles: Bool, to file: ArchiveFile
    ) async throws {
        guard let extents = entry.extents, !keepingHoles else {
            try await vault.content(of: entry.content) { try await file.append($0) }
            return try await file.append(TarEncoder.padding(after: entry.storedLength))
        }
        let start = await file.length
        let holes = HoleFiller(extents: extents)
        try await vault.content(of: entry.content) { bytes in
            for piece in await holes.place(bytes) {
                try await file.fill(to: start + piece.offset)
                try await file.append(piece.bytes)
            }
        }
        try await file.fill(to: start + entry.size)
        try await file.append(TarEncoder.padding(after: entry.size))
    }
}

extension [FileEntry] {
    /// Each folder with all below it before what only begins with its name: `a`, `a/b`, `a-c`.
    var inFolderOrder: [FileEntry] {
        ByteOrder.inFolderOrder(map(\.path)).map { self[$0] }
    }
}

extension FileEntry {
    /// Files and folders; links and special files come after them.
    fileprivate var isPlain: Bool { kind == .file || kind == .folder }
}
