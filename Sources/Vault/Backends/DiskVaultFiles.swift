package import Basics
import Glibc

/// A vault's files in a folder of this machine.
package struct DiskVaultFiles: VaultFiles {
    package let location: String

    /// - Parameter location: the vault's folder; it need not exist yet.
    package init(_ location: String) { self.location = location }

    private func full(_ path: String) -> String { path.isEmpty ? location : location + "/" + path }

    private func translated<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(VaultError) -> Result {
        do { return try body() } catch { throw VaultError(error, path: path.isEmpty ? location : path) }
    }

    /// A file for reading; whatever else lies in its place is neither waited for nor read.
    private func opened(_ path: String) throws(SystemError) -> OpenFile {
        do throws(SystemError) {
            let file = try OpenFile(full(path), .probe)
            guard try file.isOrdinary() else { throw SystemError("open", full(path), code: ENXIO) }
            return file
        } catch {
            // A socket cannot be opened, nor can a device without a driver.
            throw SystemError(error.call, error.subject, code: error.code == ENODEV ? ENXIO : error.code)
        }
    }

    package func createFolder(_ path: String) throws(VaultError) -> Bool {
        try translated(path) { () throws(SystemError) in
            let parent = AtomicFile.folder(of: location)
            if path.isEmpty { try Folder.createAll(parent) }
            let isNew = try Folder.create(full(path))
            // Root in another account's vault makes nothing that this account could not read.
            if isNew, !path.isEmpty { try Folder.giveToOwner(full(path), of: location) }
            if path.isEmpty, isNew { try Folder.sync(parent) }
            return isNew
        }
    }

    package func items(in folder: String) throws(VaultError) -> [FolderItem] {
        try translated(folder) { () throws(SystemError) in
            guard try Folder.item(full(folder)) != nil else { return [] }
            return try Folder.items(full(folder))
        }
    }

    package func names(in folder: String) throws(VaultError) -> [String] {
        try translated(folder) { () throws(SystemError) in
            do throws(SystemError) { return try Folder.names(full(folder)) } catch  where error.meansAbsence {
                return []
            }
        }
    }

    package func stamp(of folder: String) throws(VaultError) -> FolderStamp? {
        try translated(folder) { () throws(SystemError) in try FolderStamp(of: full(folder)) }
    }

    package func stamps(in folder: String) throws(VaultError) -> [String: FolderStamp]? {
        try translated(folder) { () throws(SystemError) in try FolderStamp.all(in: full(folder)) }
    }

    package func fingerprint(of folder: String) throws(VaultError) -> FolderFingerprint? {
        try translated(folder) { () throws(SystemError) in try FolderFingerprint(of: full(folder)) }
    }

    package func read(_ path: String) throws(VaultError) -> [UInt8] {
        let bytes = try translated(path) { () throws(SystemError) -> [UInt8]? in
            let file = try opened(path)
            let size = try file.size()
            return size <= PackFormat.wholeLimit ? try file.read(at: 0, count: Int(size)) : nil
        }
        guard let bytes else {
            throw .damaged(path, "it is larger than \(ByteCount(PackFormat.wholeLimit)), which it never is")
        }
        return bytes
    }

    package func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8] {
        try translated(path) { () throws(SystemError) in
            try opened(path).read(at: offset, count: count)
        }
    }

    package func create(_ path: String) throws(VaultError) -> any VaultFile {
        try translated(path) { () throws(SystemError) in
            let file = try OpenFile(full(path), .create)
            try file.giveToOwner(of: location)
            return DiskFile(file, path: path)
        }
    }

    package func rename(_ path: String, to new: String) throws(VaultError) {
        try translated(path) { () throws(SystemError) in try Folder.rename(full(path), to: full(new)) }
    }

    package func remove(_ path: String) throws(VaultError) {
        try translated(path) { () throws(SystemError) in _ = try Folder.removeFile(full(path)) }
    }

    package func sync(folder: String) throws(VaultError) {
        try translated(folder) { () throws(SystemError) in try Folder.sync(full(folder)) }
    }

    package func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? {
        try translated(VaultPath.lock) { () throws(SystemError) in
            let file = try OpenFile(full(VaultPath.lock), .update)
            guard try file.tryLock() else { return nil }
            if try file.size() == 0 { try file.giveToOwner(of: location) }
            let earlier = try file.read(at: 0, count: Self.noteLimit)
            do throws(SystemError) {
                try file.truncate()
                try file.write(note)
            } catch  where error.code == ENOSPC || error.code == EDQUOT {
                // The note is for people; a full disk must not keep anybody from pruning.
            }
            return DiskLock(file, earlierNote: earlier)
        }
    }

    /// How much of a note is read, in bytes.
    private static let noteLimit = 4096

    package func lockNote() throws(VaultError) -> [UInt8] {
        try read(VaultPath.lock, at: 0, count: Self.noteLimit)
    }
}

/// A file of `DiskVaultFiles` that is being written.
private final class DiskFile: VaultFile {
    private let file: OpenFile
    private let path: String

    init(_ file: consuming OpenFile, path: String) {
        self.file = file
        self.path = path
    }

    func append(_ bytes: [UInt8]) throws(VaultError) {
        do { try file.write(bytes) } catch { throw VaultError(error, path: path) }
    }

    func startSync() { file.startSync() }

    func sync() throws(VaultError) {
        do { try file.sync() } catch { throw VaultError(error, path: path) }
    }
}

/// Holds the locked file open.
private final class DiskLock: VaultLock {
    private let file: OpenFile
    let earlierNote: [UInt8]?

    init(_ file: consuming OpenFile, earlierNote: [UInt8]) {
        self.file = file
        self.earlierNote = earlierNote
    }
}
