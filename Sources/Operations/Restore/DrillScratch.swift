import Basics
import Restore
import Vault

/// A private folder into which a backup is restored for a drill, on a queue of its own; it goes away with its content.
actor DrillScratch {
    /// Room that is left alone on the disk, in bytes.
    private static let margin: Int64 = 64 << 20
    /// Numbers of kernel errors by which a file system or the lack of rights refuses an attribute.
    private static let refusals: Set<Int32> = [1, 13, 22, 28, 34, 95]

    private let executor = QueueExecutor("drill")
    /// The scratch folder, absolute.
    nonisolated let path: String
    /// Below it: the restored files.
    nonisolated var tree: String { path + "/tree" }
    private let parent: String
    private var writer: TreeWriter
    private let setsOwner: Bool
    /// Tells other drills that this one lives; the kernel lets go of it when the process dies.
    private let lock: LockedFile
    private(set) var limits = DrillComparison.Limits()

    /// Ends a comparison at the first difference.
    private struct Difference: Error {}

    /// Holds a lock for as long as it lives.
    private final class LockedFile: Sendable {
        let file: OpenFile

        init(_ path: String) throws(SystemError) { file = try OpenFile(path, .update) }
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Makes the folder in `parent`, an absolute path.
    init(in parent: String) throws(SystemError) {
        try Folder.createAll(parent)
        self.parent = parent
        let name = (0..<8).map { _ in UInt8.random(in: .min ... .max) }
        path = "\(parent)/drill-\(Hex.string(name))"
        guard try Folder.create(path) else { throw SystemError("mkdir", path, code: 17) }
        lock = try LockedFile(path + "/lock")
        _ = try lock.file.tryLock()
        try Folder.create(path + "/tree")
        writer = try TreeWriter(path + "/tree")
        setsOwner = ProcessEnvironment.isRoot
        limits.ignoresOwners = !setsOwner
    }

    /// Clears folders away whose drill died, as their lock tells.
    func clearLeftovers() throws(SystemError) {
        for item in try Folder.items(parent) where item.isFolder && item.name.hasPrefix("drill-") {
            let folder = "\(parent)/\(item.name)"
            // One that begins has neither lock nor files; files without a lock are nobody's.
            guard try Folder.item(folder + "/lock") != nil else {
                if try Folder.item(folder + "/tree") != nil { try Self.clear(folder) }
                continue
            }
            let file = try OpenFile(folder + "/lock", .update)
            guard try file.tryLock() else { continue }
            try Self.clear(folder)
        }
    }

    /// Why there is not enough room for `bytes`; nil when there is.
    func shortage(for bytes: Int64, files: Int) throws(SystemError) -> String? {
        let free = try FreeSpace.bytes(at: path)
        let besides = Int64(files) * 4096 + Self.margin
        let (sum, isBeyond) = bytes.addingReportingOverflow(besides)
        guard isBeyond || sum > free else { return nil }
        return
            "\(ByteCount(bytes)) are needed in \(path) and \(ByteCount(besides)) besides for names and what checks them, and \(ByteCount(free)) are free"
    }

    /// Removes the folder with all in it.
    func remove() throws(SystemError) { try Self.clear(path) }

    /// The lock goes last: as long as there are files, the next drill knows whose they are.
    private static func clear(_ folder: String) throws(SystemError) {
        try Folder.removeTree(folder + "/tree")
        try Folder.removeTree(folder)
    }

    // MARK: Writing

    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: 0x2F).map(Array.init)
    }

    private func metadata(_ entry: FileEntry, withAttributes: Bool = true) -> TreeWriter.Metadata {
        let prefix = Array("SCHILY.xattr.".utf8)
        let attributes = entry.attributes.filter {
            $0.name.starts(with: prefix) && !$0.name.starts(with: "SCHILY.xattr.security.selinux".utf8)
                && !$0.name.starts(with: "SCHILY.xattr.system.".utf8)
        }
        return TreeWriter.Metadata(
            mode: entry.mode, owner: setsOwner ? (entry.userID, entry.groupID) : nil,
            modified: entry.modified,
            attributes: withAttributes
                ? attributes.map { (Array($0.name.dropFirst(prefix.count)), $0.value) } : [])
    }

    /// Makes an entry; contents come from the vault, piece by piece.
    ///
    /// - Throws: what the vault says of a content, or the file system of a name.
    func write(_ entry: FileEntry, from vault: Vault) async throws {
        switch entry.kind {
        case .file: try await writeFile(entry, from: vault)
        case .folder: try writer.makeFolder(Self.components(entry.path))
        case .symbolicLink:
            try writer.makeLink(
                Self.components(entry.path), target: entry.linkTarget,
                owner: setsOwner ? (entry.userID, entry.groupID) : nil, modified: entry.modified)
        case .hardLink:
            try writer.makeHardLink(Self.components(entry.path), to: Self.components(entry.linkTarget))
        case .pipe:
            try writer.makePipe(
                Self.components(entry.path), mode: entry.mode,
                owner: setsOwner ? (entry.userID, entry.groupID) : nil, modified: entry.modified)
        case .characterDevice, .blockDevice, .socket: limits.notMade.insert(entry.path)
        }
    }

    private func writeFile(_ entry: FileEntry, from vault: Vault) async throws {
        let holes = HoleFiller(extents: Self.extents(entry))
        let file = try writer.createFile(Self.components(entry.path))
        try await vault.content(of: entry.content) { bytes in
            for piece in await holes.place(bytes) {
                try await self.put(piece.bytes, at: piece.offset, in: file)
            }
        }
        try finishing(entry) { metadata throws(SystemError) in
            try file.finish(size: entry.size, metadata: metadata)
        }
    }

    private func put(_ bytes: [UInt8], at offset: Int64, in file: TreeWriter.File) throws(SystemError) {
        try file.write(bytes, at: offset)
    }

    /// Sets what belongs to a folder, when nothing more is written into it.
    func finishFolder(_ entry: FileEntry) throws(SystemError) {
        try finishing(entry) { metadata throws(SystemError) in
            try writer.finishFolder(Self.components(entry.path), metadata: metadata)
        }
    }

    /// Sets properties; without the attributes where they are refused.
    private func finishing(
        _ entry: FileEntry, _ body: (TreeWriter.Metadata) throws(SystemError) -> Void
    ) throws(SystemError) {
        do { try body(metadata(entry)) } catch
            where error.call == "setxattr" && Self.refusals.contains(error.code)
        {
            limits.withoutAttributes.insert(entry.path)
            try body(metadata(entry, withAttributes: false))
        }
    }

    // MARK: Reading

    /// Whether the restored file has exactly the bytes of the backup, holes read as zeros.
    func hasBytes(of entry: FileEntry, from vault: Vault) async throws -> Bool {
        let shown = tree + DeviceText.path(entry.path)
        let holes = HoleFiller(extents: Self.extents(entry))
        do {
            try await vault.content(of: entry.content) { bytes in
                for piece in await holes.place(bytes) where try await self.differs(piece, shown) {
                    throw Difference()
                }
            }
        } catch is Difference { return false }
        var end: Int64 = 0
        for extent in Self.extents(entry) + [FileEntry.Extent(offset: entry.size, length: 0)] {
            guard try isZero(from: end, count: extent.offset - end, shown) else { return false }
            end = extent.offset + extent.length
        }
        return true
    }

    /// The stretches with data.
    private static func extents(_ entry: FileEntry) -> [FileEntry.Extent] {
        entry.extents ?? [FileEntry.Extent(offset: 0, length: entry.size)]
    }

    private func differs(
        _ piece: (offset: Int64, bytes: [UInt8]), _ path: String
    ) throws(SystemError) -> Bool {
        try OpenFile(path, .read).read(at: piece.offset, count: piece.bytes.count) != piece.bytes
    }

    private func isZero(from offset: Int64, count: Int64, _ path: String) throws(SystemError) -> Bool {
        let file = try OpenFile(path, .read)
        guard try file.size() >= offset + count else { return false }
        var done: Int64 = 0
        while done < count {
            guard let data = try file.nextData(from: offset + done), data < offset + count else {
                return true
            }
            done = data - offset
            let part = try file.read(at: offset + done, count: Int(min(count - done, 1 << 20)))
            guard !part.isEmpty, part.allSatisfy({ $0 == 0 }) else { return false }
            done += Int64(part.count)
        }
        return true
    }

    /// The first bytes of restored files, in the same order; none where a file cannot be opened.
    func beginnings(of paths: [[UInt8]], count: Int) -> [[UInt8]] {
        paths.map { path in
            guard let text = String(validating: path, as: UTF8.self) else { return [] }
            // What was not restored is told by the comparison.
            return (try? OpenFile(tree + text, .read).read(at: 0, count: count)) ?? []
        }
    }
}
