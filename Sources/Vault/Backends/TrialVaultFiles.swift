import Basics
import Synchronization

/// The files of a vault for a trial: what is changed stays in memory, and the files below stay as they are.
///
/// Of new packs only the lengths are kept. Locks nothing, as nothing is written.
final class TrialVaultFiles: VaultFiles {
    /// What differs from the file below.
    private enum Change {
        case removed
        /// The content of the file below that has this path.
        case moved(String)
        case written([UInt8])
        case counted(Int64)
    }

    private final class Lock: VaultLock {}

    private let base: any VaultFiles
    private let changes = Mutex<[String: Change]>([:])
    private let folders = Mutex<Set<String>>([])

    var location: String { base.location }

    init(_ base: any VaultFiles) { self.base = base }

    func createFolder(_ path: String) throws(VaultError) -> Bool {
        folders.withLock { $0.insert(path).inserted }
    }

    func items(in folder: String) throws(VaultError) -> [FolderItem] {
        let changes = changes.withLock(\.self)
        var items: [String: FolderItem] = [:]
        for item in try base.items(in: folder) where changes[Self.path(folder, item.name)] == nil {
            items[item.name] = item
        }
        for (path, change) in changes where Self.parent(path) == folder {
            guard let size = try size(of: change) else { continue }
            let name = Self.name(path)
            items[name] = FolderItem(name: name, size: size, isFolder: false, modified: Timestamp(seconds: 0))
        }
        for path in folders.withLock(\.self) where !path.isEmpty && Self.parent(path) == folder {
            let name = Self.name(path)
            items[name] =
                items[name]
                ?? FolderItem(name: name, size: 0, isFolder: true, modified: Timestamp(seconds: 0))
        }
        return items.values.sorted { $0.name < $1.name }
    }

    func read(_ path: String) throws(VaultError) -> [UInt8] {
        switch changes.withLock({ $0[path] }) {
        case nil: try base.read(path)
        case .moved(let old): try base.read(old)
        case .written(let bytes): bytes
        case .removed, .counted: throw Self.missing(path)
        }
    }

    func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8] {
        switch changes.withLock({ $0[path] }) {
        case nil: try base.read(path, at: offset, count: count)
        case .moved(let old): try base.read(old, at: offset, count: count)
        case .written(let bytes): Array(bytes.dropFirst(Int(clamping: offset)).prefix(count))
        case .removed, .counted: throw Self.missing(path)
        }
    }

    func create(_ path: String) throws(VaultError) -> any VaultFile {
        let isPack = path.hasPrefix(VaultPath.packs + "/")
        changes.withLock { $0[path] = isPack ? .counted(0) : .written([]) }
        return TrialFile { [self] bytes in append(bytes, to: path) }
    }

    private func append(_ bytes: [UInt8], to path: String) {
        changes.withLock { changes in
            switch changes[path] {
            case .counted(let length): changes[path] = .counted(length + Int64(bytes.count))
            case .written(let old): changes[path] = .written(old + bytes)
            case .removed, .moved, nil: return
            }
        }
    }

    func rename(_ path: String, to new: String) throws(VaultError) {
        changes.withLock { changes in
            changes[new] = changes[path] ?? .moved(path)
            changes[path] = .removed
        }
    }

    func remove(_ path: String) throws(VaultError) { changes.withLock { $0[path] = .removed } }

    func sync(folder: String) throws(VaultError) {}

    func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? { Lock() }

    func lockNote() throws(VaultError) -> [UInt8] { try base.lockNote() }

    private func size(of change: Change) throws(VaultError) -> Int64? {
        switch change {
        case .removed: nil
        case .moved(let old):
            try base.items(in: Self.parent(old)).first { $0.name == Self.name(old) }?.size
        case .written(let bytes): Int64(bytes.count)
        case .counted(let length): length
        }
    }

    private static func path(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder + "/" + name
    }

    private static func parent(_ path: String) -> String {
        path.contains("/") ? AtomicFile.folder(of: path) : ""
    }

    private static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private static func missing(_ path: String) -> VaultError {
        VaultError(.notFound, "\(path) is not in the vault", path: path)
    }
}

/// A new file of a trial.
private final class TrialFile: VaultFile {
    private let take: ([UInt8]) -> Void

    init(_ take: @escaping ([UInt8]) -> Void) { self.take = take }

    func append(_ bytes: [UInt8]) throws(VaultError) { take(bytes) }

    func sync() throws(VaultError) {}
}
