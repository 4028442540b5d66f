package import Basics
import Synchronization
package import Vault

/// Files of a vault that count how often each of its folders' files are read; and the lists of names, as `names`.
package final class CountingVaultFiles: VaultFiles {
    private let base: any VaultFiles
    private let counts = Mutex<[String: Int]>([:])

    package init(_ base: any VaultFiles) { self.base = base }

    package var location: String { base.location }

    /// How many reads there were in some folders since the last call for them.
    package func reads(in folders: String...) -> Int {
        counts.withLock { counts in folders.reduce(0) { $0 + (counts.removeValue(forKey: $1) ?? 0) } }
    }

    private func count(_ path: String) {
        counts.withLock { $0[String(path.prefix { $0 != "/" }), default: 0] += 1 }
    }

    package func createFolder(_ path: String) throws(VaultError) -> Bool { try base.createFolder(path) }
    package func items(in folder: String) throws(VaultError) -> [FolderItem] { try base.items(in: folder) }
    package func names(in folder: String) throws(VaultError) -> [String] {
        count("names")
        return try base.names(in: folder)
    }
    package func stamp(of folder: String) throws(VaultError) -> FolderStamp? { try base.stamp(of: folder) }
    package func stamps(in folder: String) throws(VaultError) -> [String: FolderStamp]? {
        try base.stamps(in: folder)
    }
    package func fingerprint(of folder: String) throws(VaultError) -> FolderFingerprint? {
        try base.fingerprint(of: folder)
    }
    package func create(_ path: String) throws(VaultError) -> any VaultFile { try base.create(path) }
    package func rename(_ path: String, to new: String) throws(VaultError) {
        try base.rename(path, to: new)
    }
    package func remove(_ path: String) throws(VaultError) { try base.remove(path) }
    package func sync(folder: String) throws(VaultError) { try base.sync(folder: folder) }
    package func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? { try base.lock(note: note) }
    package func lockNote() throws(VaultError) -> [UInt8] { try base.lockNote() }

    package func read(_ path: String) throws(VaultError) -> [UInt8] {
        count(path)
        return try base.read(path)
    }

    package func read(_ path: String, at offset: Int64, count length: Int) throws(VaultError) -> [UInt8] {
        count(path)
        return try base.read(path, at: offset, count: length)
    }
}
