import Basics
import Codecs

/// A file on each disk of the state that is given up when the disk is full, so that what frees space can still run.
///
/// Its work runs on a queue of its own.
actor DiskReserve {
    /// The name of the file in its folder.
    static let name = "reserve"
    /// Its length in bytes: enough for audit records, and for the index of a usual vault.
    static let size: Int64 = 2 << 20
    /// A disk with less free space keeps none: the rest is wanted for other things.
    static let leastFree = size * 3

    private let executor = QueueExecutor("disk.reserve")
    private let paths: StatePaths

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ paths: StatePaths) { self.paths = paths }

    /// Makes the file where it is missing and there is room for it.
    ///
    /// Nothing depends on it: where it cannot be made, `doctor` says that it is missing.
    func keep() {
        for file in (try? files()) ?? [] {
            ignoringErrors { () throws(SystemError) in
                guard try (Folder.item(file)?.size ?? 0) < Self.size,
                    try Folder.freeSpace(AtomicFile.folder(of: file)) >= Self.leastFree
                else { return }
                // No zeros: a disk that compresses would keep no room for them.
                try AtomicFile.write(SecureRandom.bytes(Int(Self.size)), to: file)
            }
        }
    }

    /// Gives the space free.
    /// - Returns: whether there was anything to give.
    func giveUp() -> Bool {
        var wasAny = false
        for file in (try? files()) ?? [] {
            ignoringErrors { () throws(SystemError) in
                if try Folder.removeFile(file) { wasAny = true }
            }
        }
        return wasAny
    }

    /// The files that should be there and are not.
    func missing() throws(SystemError) -> [String] {
        var missing: [String] = []
        for file in try files() where try (Folder.item(file)?.size ?? 0) < Self.size { missing.append(file) }
        return missing
    }

    /// One for each disk that holds a part of the state.
    private func files() throws(SystemError) -> [String] {
        var disks: Set<UInt64> = []
        var files: [String] = []
        for folder in [paths.data, paths.state, paths.vault] {
            guard let disk = try FileStatus.disk(of: folder), disks.insert(disk).inserted else { continue }
            files.append("\(folder)/\(Self.name)")
        }
        return files
    }

    private func ignoringErrors(_ body: () throws(SystemError) -> Void) {
        do { try body() } catch { return }
    }
}
