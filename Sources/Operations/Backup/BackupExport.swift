import Basics
import Codecs
import Vault

/// Writes the files of a backup below a folder or into an archive.
struct BackupExport {
    /// A recorded output or inventory, written beside the files.
    struct Record: Sendable {
        /// Path below the target, for example `_holdfast/users/inventory.json`.
        let path: String
        let bytes: [UInt8]
    }

    /// What was written.
    struct Result {
        var files = 0
        var bytes: Int64 = 0
        var skipped: [String] = []
    }

    let vault: Vault
    let manifest: Manifest
    let progress: any ProgressReporter

    private func report(_ result: Result, of total: Int) {
        progress.report(
            ProgressUpdate(
                phase: "exporting", done: Int64(result.files), total: Int64(total), unit: "files",
                bytes: ByteCount(result.bytes)))
    }

    /// Inventories and recorded outputs of the wanted sections, all when none is named.
    func records(in wanted: Set<String>) async throws -> [Record] {
        var records: [Record] = []
        for section in manifest.sections where wanted.isEmpty || wanted.contains(section.name) {
            let folder = "_holdfast/\(section.name)"
            if !section.inventory.isEmpty {
                records.append(
                    Record(
                        path: "\(folder)/inventory.json", bytes: try await vault.bytes(of: section.inventory))
                )
            }
            for capture in section.captures {
                for (pieces, suffix) in [(capture.output, "out"), (capture.errors, "err")]
                where !pieces.isEmpty {
                    records.append(
                        Record(
                            path: "\(folder)/\(capture.probe).\(suffix)",
                            bytes: try await vault.bytes(of: pieces)))
                }
            }
        }
        return records
    }

    // MARK: Folder

    func writeFolder(_ target: String, _ entries: [FileEntry], _ records: [Record]) async throws -> Result {
        try Folder.createAll(target)
        guard try Folder.items(target).isEmpty else {
            throw OperationError(.argumentInvalid, "\(target) is not empty", hint: "Name a new folder.")
        }
        let writer = try FolderExport(target)
        var result = Result()
        // Links come last: nothing is ever written through one.
        for entry in entries.filter(\.isPlain) + entries.filter({ !$0.isPlain }) {
            try Task.checkCancellation()
            do { try await write(entry, writer, &result) } catch let error as SystemError
                where error.code != 28
            {
                result.skipped.append("\(DeviceText.string(entry.path)): \(error.reason)")
            }
            report(result, of: entries.count)
        }
        for record in records {
            try await writer.write(record)
            result.files += 1
            result.bytes += Int64(record.bytes.count)
        }
        for entry in entries.reversed() where entry.kind == .folder {
            do { try await writer.finishFolder(entry) } catch {
                result.skipped.append("\(DeviceText.string(entry.path)): \(error)")
            }
        }
        return result
    }

    private func write(_ entry: FileEntry, _ writer: FolderExport, _ result: inout Result) async throws {
        switch entry.kind {
        case .file:
            try await writer.writeFile(entry, from: vault)
            result.bytes += entry.size
        case .folder: try await writer.makeFolder(entry)
        case .symbolicLink, .hardLink, .pipe: try await writer.makeSpecial(entry)
        case .characterDevice, .blockDevice, .socket:
            result.skipped.append(
                "\(DeviceText.string(entry.path)): a \(entry.kind) is kept by an archive only")
            return
        }
        if entry.attributes.contains(where: { $0.name.starts(with: "SCHILY.acl.".utf8) }) {
            result.skipped.append("\(DeviceText.string(entry.path)): its ACL is kept by an archive only")
        }
        result.files += 1
    }

    // MARK: Archive

    func writeArchive(_ target: String, _ entries: [FileEntry], _ records: [Record]) async throws -> Result {
        let file = try ArchiveFile(target)
        var result = Result()
        for entry in entries {
            try Task.checkCancellation()
            guard let header = TarEntry(entry) else {
                result.skipped.append(
                    "\(DeviceText.string(entry.path)): a \(entry.kind) has no form in an archive")
                continue
            }
            try await file.append(TarEncoder.header(header))
            if entry.kind == .file {
                try await writeContent(of: entry, to: file)
                try await file.append(TarEncoder.padding(after: entry.size))
            }
            result.files += 1
            result.bytes += entry.size
            report(result, of: entries.count)
        }
        for record in records {
            let size = Int64(record.bytes.count)
            let header = TarEntry(path: Array(record.path.utf8), kind: .file, mode: 0o600, size: size)
            try await file.append(TarEncoder.header(header) + record.bytes + TarEncoder.padding(after: size))
            result.files += 1
            result.bytes += size
        }
        try await file.append(TarEncoder.end)
        try await file.sync()
        return result
    }

    private func writeContent(of entry: FileEntry, to file: ArchiveFile) async throws {
        guard let extents = entry.extents else {
            try await vault.content(of: entry.content) { try await file.append($0) }
            return
        }
        let holes = HoleFiller(extents: extents, size: entry.size)
        try await vault.content(of: entry.content) { bytes in
            for piece in await holes.place(bytes) { try await file.appendZeros(piece.gap, then: piece.bytes) }
        }
        try await file.appendZeros(await holes.rest, then: [])
    }
}

/// Tells where the stored bytes of a sparse file belong.
actor HoleFiller {
    private let extents: [FileEntry.Extent]
    private let size: Int64
    private var extent = 0
    private var used: Int64 = 0
    private var position: Int64 = 0

    init(extents: [FileEntry.Extent], size: Int64) {
        self.extents = extents
        self.size = size
    }

    /// The next stored bytes cut by extents: zeros in front of each, its offset in the file, the bytes.
    func place(_ bytes: [UInt8]) -> [(gap: Int64, offset: Int64, bytes: [UInt8])] {
        var placed: [(gap: Int64, offset: Int64, bytes: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty, extent < extents.count {
            let current = extents[extent]
            let count = Int(min(Int64(rest.count), current.length - used))
            let offset = current.offset + used
            placed.append((offset - position, offset, Array(rest.prefix(count))))
            position = offset + Int64(count)
            used += Int64(count)
            rest = rest.dropFirst(count)
            if used == current.length { (extent, used) = (extent + 1, 0) }
        }
        return placed
    }

    /// Zeros behind the last extent.
    var rest: Int64 { size - position }
}

extension FileEntry {
    /// Files and folders; links and special files come after them.
    fileprivate var isPlain: Bool { kind == .file || kind == .folder }
}
