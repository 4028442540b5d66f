package import Basics
import Codecs

/// Where a vault's files lie: every access to the disk goes through this.
///
/// Paths are relative to the vault's folder. All calls block and are made from queues of their own only. Folders are
/// made with mode 0700, files with 0600.
package protocol VaultFiles: Sendable {
    /// The vault's folder, for messages.
    var location: String { get }
    /// Makes a folder, and for the vault's own (an empty path) the folders above it.
    /// - Returns: false when it was there already.
    func createFolder(_ path: String) throws(VaultError) -> Bool
    /// What lies in a folder, sorted by name; nothing when there is no such folder.
    func items(in folder: String) throws(VaultError) -> [FolderItem]
    /// The names in a folder, in no order; nothing when there is no such folder.
    func names(in folder: String) throws(VaultError) -> [String]
    /// Tells later whether a folder's names are still the same; nil where that cannot be told.
    func stamp(of folder: String) throws(VaultError) -> FolderStamp?
    /// The same for each of the folders in a folder, by name; nil where that cannot be told.
    func stamps(in folder: String) throws(VaultError) -> [String: FolderStamp]?
    /// Tells later whether a folder's names are other ones, sooner than reading them; nil where it would not be sooner.
    func fingerprint(of folder: String) throws(VaultError) -> FolderFingerprint?
    /// A whole file.
    /// - Throws: `notFound` when there is none.
    func read(_ path: String) throws(VaultError) -> [UInt8]
    /// The `count` bytes that begin at `offset`; fewer where the file ends before.
    /// - Throws: `notFound` when there is none.
    func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8]
    /// Makes a new file for appending.
    func create(_ path: String) throws(VaultError) -> any VaultFile
    /// Gives a file another name, in one step.
    func rename(_ path: String, to new: String) throws(VaultError)
    /// Removes a file; one that is not there is removed already.
    func remove(_ path: String) throws(VaultError)
    /// Returns when the names in a folder are durable.
    func sync(folder: String) throws(VaultError)
    /// Takes the writer's lock without waiting.
    ///
    /// The lock is released when the result goes away, also by the death of the process.
    /// - Parameter note: what the file says about its holder.
    /// - Returns: nil when somebody else holds it.
    func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)?
    /// What the lock's file says about its holder.
    func lockNote() throws(VaultError) -> [UInt8]
}

/// A new file that is being written.
package protocol VaultFile: AnyObject {
    /// Writes behind what was written before.
    func append(_ bytes: [UInt8]) throws(VaultError)
    /// Begins to make what was written durable, so that a later `sync` waits less.
    func startSync()
    /// Returns when everything written is durable.
    func sync() throws(VaultError)
}

extension VaultFile {
    package func startSync() {}
}

/// The right to write, held as long as this object lives.
package protocol VaultLock: AnyObject, Sendable {
    /// What the lock's file said about the holder before; nil where that is not known.
    var earlierNote: [UInt8]? { get }
}

extension VaultLock {
    package var earlierNote: [UInt8]? { nil }
}

extension VaultFiles {
    package func names(in folder: String) throws(VaultError) -> [String] { try items(in: folder).map(\.name) }

    package func stamp(of folder: String) throws(VaultError) -> FolderStamp? { nil }

    package func stamps(in folder: String) throws(VaultError) -> [String: FolderStamp]? { nil }

    package func fingerprint(of folder: String) throws(VaultError) -> FolderFingerprint? { nil }

    /// Writes a file so that it is either whole and durable under its name or not there at all.
    func writeWhole(_ bytes: [UInt8], to path: String) throws(VaultError) {
        try writeSynced(bytes, to: path)
        try sync(folder: path.contains("/") ? AtomicFile.folder(of: path) : "")
    }

    /// The same, except that the name becomes durable only with the next `sync(folder:)`.
    func writeSynced(_ bytes: [UInt8], to path: String) throws(VaultError) {
        try stage(bytes, for: path).publish()
    }

    /// Writes a file that does not have its name yet.
    func stage(_ bytes: [UInt8], for path: String) throws(VaultError) -> StagedFile {
        let temporary = "\(path).\(Hex.string(SecureRandom.bytes(4)))\(VaultPath.temporarySuffix)"
        do throws(VaultError) {
            let file = try create(temporary)
            try file.append(bytes)
            file.startSync()
            return StagedFile(file: file, temporary: temporary, path: path, files: self)
        } catch {
            // The first failure is the one to tell; `check` reports a left file and `prune` removes it.
            try? remove(temporary)
            throw error
        }
    }
}
