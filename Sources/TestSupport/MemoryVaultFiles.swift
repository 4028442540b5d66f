package import Basics
import Synchronization
package import Vault

/// Files of a vault in memory that know what would survive a power failure.
///
/// A file's content survives from its `sync` on, its name from the `sync` of its folder on.
package final class MemoryVaultFiles: VaultFiles {
    /// What a power failure leaves of that which was not synced.
    package enum Loss: Sendable, CaseIterable {
        /// Everything: only the process ended.
        case nothing
        /// Nothing: neither contents nor names.
        case everything
        /// The names, and half of each content.
        case contents
        /// The contents, but not the names.
        case names
    }

    /// A file: what a reader sees, and how much of it would survive.
    fileprivate struct Node {
        var content: [UInt8] = []
        var durable: [UInt8]?
    }

    fileprivate struct State {
        var nodes: [Int: Node] = [:]
        /// Folders by path, now and after a power failure.
        var folders: Set<String> = []
        var durableFolders: Set<String> = []
        /// Files by path, now and after a power failure.
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var isLocked = false
        var note: [UInt8] = []
        var lastNode = 0
    }

    fileprivate let state: Mutex<State>

    package let location = "/memory"

    package init() { state = Mutex(State()) }

    private init(_ state: State) { self.state = Mutex(state) }

    /// The files after the process ended, and the power failed.
    package func afterCrash(_ loss: Loss) -> MemoryVaultFiles {
        var state = state.withLock { $0 }
        state.isLocked = false
        if loss == .everything || loss == .names {
            let folders = state.durableFolders
            state.folders = folders
            // A file goes with the folder whose own name was not durable.
            state.names = state.durableNames.filter { path, _ in
                let folder = AtomicFile.folder(of: path)
                return folder == "." || folders.contains(folder)
            }
        }
        if loss == .everything || loss == .contents {
            for (number, node) in state.nodes {
                let rest = loss == .contents ? Array(node.content.prefix(node.content.count / 2)) : []
                state.nodes[number]?.content = node.durable ?? rest
            }
        }
        for (number, node) in state.nodes { state.nodes[number]?.durable = node.content }
        state.durableNames = state.names
        state.durableFolders = state.folders
        return MemoryVaultFiles(state)
    }

    /// A copy that no longer shares anything.
    package func copy() -> MemoryVaultFiles { MemoryVaultFiles(state.withLock { $0 }) }

    /// Every file's path, sorted.
    package var paths: [String] { state.withLock { $0.names.keys.sorted() } }

    /// Replaces a file's content behind the vault's back.
    package func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let number = state.names[path], var node = state.nodes[number] else { return }
            change(&node.content)
            node.durable = node.content
            state.nodes[number] = node
        }
    }

    /// Removes a file behind the vault's back.
    package func lose(_ path: String) {
        state.withLock { state in
            state.names[path] = nil
            state.durableNames[path] = nil
        }
    }

    private static func missing(_ path: String) -> VaultError {
        VaultError(.notFound, "\(path) is not in the vault", path: path)
    }

    package func createFolder(_ path: String) throws(VaultError) -> Bool {
        state.withLock { $0.folders.insert(path).inserted }
    }

    package func items(in folder: String) throws(VaultError) -> [FolderItem] {
        state.withLock { state in
            let prefix = folder.isEmpty ? "" : folder + "/"
            let files = state.names.compactMap { path, number -> FolderItem? in
                guard path.hasPrefix(prefix), !path.dropFirst(prefix.count).contains("/") else { return nil }
                return FolderItem(
                    name: String(path.dropFirst(prefix.count)),
                    size: Int64(state.nodes[number]?.content.count ?? 0),
                    isFolder: false, modified: Timestamp(seconds: 0))
            }
            let folders = state.folders.compactMap { path -> FolderItem? in
                let name = path.dropFirst(prefix.count)
                guard path.hasPrefix(prefix), !name.isEmpty, !name.contains("/") else { return nil }
                return FolderItem(
                    name: String(name), size: 0, isFolder: true, modified: Timestamp(seconds: 0))
            }
            return (files + folders).sorted { $0.name < $1.name }
        }
    }

    package func read(_ path: String) throws(VaultError) -> [UInt8] {
        let content = state.withLock { state in state.names[path].flatMap { state.nodes[$0]?.content } }
        guard let content else { throw Self.missing(path) }
        return content
    }

    package func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8] {
        Array(try read(path).dropFirst(Int(offset)).prefix(count))
    }

    package func create(_ path: String) throws(VaultError) -> any VaultFile {
        let number = state.withLock { state -> Int? in
            guard state.names[path] == nil else { return nil }
            state.lastNode += 1
            state.nodes[state.lastNode] = Node()
            state.names[path] = state.lastNode
            return state.lastNode
        }
        guard let number else { throw VaultError(.unavailable, "\(path) exists", path: path) }
        return MemoryFile(number, owner: self)
    }

    package func rename(_ path: String, to new: String) throws(VaultError) {
        let isDone = state.withLock { state -> Bool in
            guard let number = state.names.removeValue(forKey: path) else { return false }
            state.names[new] = number
            return true
        }
        guard isDone else { throw Self.missing(path) }
    }

    package func remove(_ path: String) throws(VaultError) {
        state.withLock { $0.names[path] = nil }
    }

    package func sync(folder: String) throws(VaultError) {
        let prefix = folder.isEmpty ? "" : folder + "/"
        state.withLock { state in
            func isInside(_ path: String) -> Bool {
                path.hasPrefix(prefix) && !path.dropFirst(prefix.count).contains("/")
            }
            state.durableNames = state.durableNames.filter { !isInside($0.key) }
            for (path, number) in state.names where isInside(path) { state.durableNames[path] = number }
            state.durableFolders.formUnion(state.folders.filter { isInside($0) })
        }
    }

    package func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? {
        let isTaken = state.withLock { state -> Bool in
            guard !state.isLocked else { return false }
            state.isLocked = true
            state.note = note
            return true
        }
        return isTaken ? MemoryLock(self) : nil
    }

    package func lockNote() throws(VaultError) -> [UInt8] { state.withLock { $0.note } }
}

/// A file of `MemoryVaultFiles` that is being written.
private final class MemoryFile: VaultFile {
    private let number: Int
    private let owner: MemoryVaultFiles

    init(_ number: Int, owner: MemoryVaultFiles) {
        self.number = number
        self.owner = owner
    }

    func append(_ bytes: [UInt8]) throws(VaultError) {
        owner.state.withLock { $0.nodes[number]?.content.append(contentsOf: bytes) }
    }

    func sync() throws(VaultError) {
        owner.state.withLock { state in
            let content = state.nodes[number]?.content
            state.nodes[number]?.durable = content
        }
    }
}

/// The lock of `MemoryVaultFiles`.
private final class MemoryLock: VaultLock {
    private let owner: MemoryVaultFiles

    init(_ owner: MemoryVaultFiles) { self.owner = owner }

    deinit { owner.state.withLock { $0.isLocked = false } }
}
