import Basics
import Codecs
import Glibc
import Vault

/// Writes entries below one folder, on a queue of its own.
actor FolderExport {
    private let executor = QueueExecutor("export")
    private var writer: TreeWriter
    private let setsOwner: Bool

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ target: String) throws(SystemError) {
        writer = try TreeWriter(target)
        setsOwner = ProcessEnvironment.isRoot
    }

    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: 0x2F).map(Array.init)
    }

    private func metadata(_ entry: FileEntry) -> TreeWriter.Metadata {
        let prefix = Array("SCHILY.xattr.".utf8)
        return TreeWriter.Metadata(
            mode: entry.mode, owner: setsOwner ? (entry.userID, entry.groupID) : nil,
            modified: entry.modified,
            attributes: entry.attributes.filter { $0.name.starts(with: prefix) }
                .map { (Array($0.name.dropFirst(prefix.count)), $0.value) })
    }

    func makeFolder(_ entry: FileEntry) throws(SystemError) {
        try writer.makeFolder(Self.components(entry.path))
    }

    func finishFolder(_ entry: FileEntry) throws(SystemError) {
        try writer.finishFolder(Self.components(entry.path), metadata: metadata(entry))
    }

    func makeSpecial(_ entry: FileEntry) throws(SystemError) {
        let components = Self.components(entry.path)
        switch entry.kind {
        case .symbolicLink:
            try writer.makeLink(
                components, target: entry.linkTarget, owner: setsOwner ? (entry.userID, entry.groupID) : nil,
                modified: entry.modified)
        case .hardLink: try writer.makeHardLink(components, to: Self.components(entry.linkTarget))
        default:
            try writer.makePipe(
                components, mode: entry.mode, owner: setsOwner ? (entry.userID, entry.groupID) : nil,
                modified: entry.modified)
        }
    }

    /// Writes small files whose contents are at hand, in one step.
    /// - Returns: of each, what the system said against it; nil where it is written.
    /// - Throws: what ends the whole export: no room.
    func writeFiles(_ files: [(entry: FileEntry, content: [UInt8])]) throws(SystemError) -> [SystemError?] {
        var problems: [SystemError?] = []
        for (entry, content) in files {
            do throws(SystemError) {
                try write(entry, content)
                problems.append(nil)
            } catch {
                guard error.code != ENOSPC else { throw error }
                problems.append(error)
            }
        }
        return problems
    }

    private func write(_ entry: FileEntry, _ content: [UInt8]) throws(SystemError) {
        let file = try writer.createFile(Self.components(entry.path))
        if !content.isEmpty { try file.write(content, at: 0) }
        try file.finish(size: entry.size, metadata: metadata(entry))
    }

    /// Writes a file piece by piece; memory holds one piece at a time.
    func writeFile(_ entry: FileEntry, from vault: Vault) async throws {
        let components = Self.components(entry.path)
        let holes = HoleFiller(
            extents: entry.extents ?? [FileEntry.Extent(offset: 0, length: entry.size)])
        let file = try writer.createFile(components)
        try await vault.content(of: entry.content) { bytes in
            for piece in await holes.place(bytes) {
                try await self.put(piece.bytes, at: piece.offset, in: file)
            }
        }
        try file.finish(size: entry.size, metadata: metadata(entry))
    }

    private func put(_ bytes: [UInt8], at offset: Int64, in file: TreeWriter.File) throws(SystemError) {
        try file.write(bytes, at: offset)
    }

    /// Writes the file that says that the export has not come to its end.
    func mark(_ name: String, saying backup: BackupID) throws(SystemError) {
        let text =
            "This export of \(backup) is running, or was ended before all was written: files are missing here. "
            + "If no export runs, remove the folder and export again.\n"
        let file = try writer.createFile([Array(name.utf8)])
        try file.write(Array(text.utf8), at: 0)
    }

    /// Removes that file.
    func unmark(_ name: String) throws(SystemError) { try writer.removeFile([Array(name.utf8)]) }

    /// Removes a file that could not be written whole.
    func remove(_ entry: FileEntry) throws(SystemError) {
        try writer.removeFile(Self.components(entry.path))
    }

    func write(_ record: BackupExport.Record, _ bytes: [UInt8]) throws(SystemError) {
        let components = Self.components(Array(record.path.utf8))
        let file = try writer.createFile(components)
        try file.write(bytes, at: 0)
        try file.finish(
            size: Int64(bytes.count),
            metadata: TreeWriter.Metadata(mode: 0o600, owner: nil, modified: SystemClock().now().nanoseconds))
    }
}

/// A tar archive that is being written, on a queue of its own.
actor ArchiveFile {
    private let executor = QueueExecutor("export")
    private let file: OpenFile
    /// How many bytes were written.
    private(set) var length: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ path: String) throws(SystemError) { file = try OpenFile(path, .create) }

    func append(_ bytes: [UInt8]) throws(SystemError) {
        try file.write(bytes)
        length += Int64(bytes.count)
    }

    /// Writes zeros up to `size` bytes.
    func fill(to size: Int64) throws(SystemError) {
        while length < size {
            try append([UInt8](repeating: 0, count: Int(min(size - length, 1 << 16))))
        }
    }

    /// Takes back what was written behind `size` bytes.
    func cut(to size: Int64) throws(SystemError) {
        try file.truncate(to: size)
        length = size
    }

    func sync() throws(SystemError) { try file.sync() }

    /// Removes what was written; where it cannot be removed, its name says that it is not whole.
    func discard() { _ = try? Folder.removeFile(file.path) }

    /// Gives the archive its name.
    /// - Throws: `EEXIST` where something has that name by now.
    func rename(to target: String) throws(SystemError) { try Folder.rename(file.path, toFree: target) }
}

extension TarEntry {
    /// The archive form of an entry; nil for a socket, which has none.
    init?(_ entry: FileEntry) {
        let kind: Kind
        switch entry.kind {
        case .file: kind = .file
        case .folder: kind = .folder
        case .symbolicLink: kind = .symbolicLink(target: entry.linkTarget)
        case .hardLink: kind = .hardLink(target: Array(entry.linkTarget.drop { $0 == 0x2F }))
        case .pipe: kind = .fifo
        case .characterDevice:
            kind = .characterDevice(
                major: Int(entry.device?.major ?? 0), minor: Int(entry.device?.minor ?? 0))
        case .blockDevice:
            kind = .blockDevice(major: Int(entry.device?.major ?? 0), minor: Int(entry.device?.minor ?? 0))
        case .socket: return nil
        }
        let path = Array(entry.path.drop { $0 == 0x2F })
        self.init(
            path: path.isEmpty ? [0x2E] : path, kind: kind, mode: UInt16(entry.mode & 0o7777),
            userID: entry.userID,
            groupID: entry.groupID, userName: entry.user, groupName: entry.group, size: entry.size,
            modified: entry.modified,
            attributes: entry.attributes.map {
                (String(decoding: $0.name, as: UTF8.self).droppingXattrPrefix, $0.value)
            },
            dataRuns: entry.extents?.map { DataRun(offset: $0.offset, length: $0.length) })
        if let runs = dataRuns, !DataRun.areAligned(runs) { dataRuns = nil }
    }
}

extension String {
    /// The encoder puts the prefix of ordinary attributes in front itself.
    fileprivate var droppingXattrPrefix: String { hasPrefix("SCHILY.xattr.") ? String(dropFirst(13)) : self }
}
