package import Basics
import Glibc
import Synchronization
package import Vault

/// Files of a vault that fail at a chosen call that changes something.
package final class FaultyVaultFiles: VaultFiles {
    /// What happens at the chosen call.
    package enum Fault: Sendable {
        /// Nothing, ever: for counting.
        case none
        /// It does half of its work and fails, and so does every later call, reads included: the process is gone.
        case dead
        /// It fails for want of space after half of its work; later ones succeed.
        case full
        /// The same, and every later call that needs space fails as well.
        case staysFull
        /// This very process is killed, after half of its work.
        case kill
    }

    /// What a call does to the disk.
    private enum Effect { case needsSpace, other }

    private let base: any VaultFiles
    private let fault: Fault
    private let target: Int
    private let count = Mutex(0)

    package var location: String { base.location }

    /// How many changing calls were made.
    package var calls: Int { count.withLock { $0 } }

    /// - Parameter target: the number of the call that fails, beginning with 1.
    package init(_ base: any VaultFiles, fault: Fault = .none, at target: Int = 0) {
        self.base = base
        self.fault = fault
        self.target = target
    }

    private static func noSpace(_ path: String) -> VaultError {
        VaultError(SystemError("write", path, code: ENOSPC), path: path)
    }

    private static let gone = VaultError(.unavailable, "the process is gone")

    /// Counts a changing call and decides about it; `half` does a part of its work.
    fileprivate func gate(_ path: String, needsSpace: Bool, half: () throws(VaultError) -> Void)
        throws(VaultError)
    {
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard fault != .none, number >= target else { return }
        if number == target {
            switch fault {
            case .none: return
            case .dead:
                try half()
                throw Self.gone
            case .full, .staysFull:
                guard needsSpace else { return }
                try half()
                throw Self.noSpace(path)
            case .kill:
                try half()
                kill(getpid(), SIGKILL)
            }
        } else if fault == .dead {
            throw Self.gone
        } else if fault == .staysFull, needsSpace {
            throw Self.noSpace(path)
        }
    }

    private func checkAlive() throws(VaultError) {
        if fault == .dead, calls >= target { throw Self.gone }
    }

    package func createFolder(_ path: String) throws(VaultError) -> Bool {
        try gate(path, needsSpace: true) {}
        return try base.createFolder(path)
    }

    package func items(in folder: String) throws(VaultError) -> [FolderItem] {
        try checkAlive()
        return try base.items(in: folder)
    }

    package func read(_ path: String) throws(VaultError) -> [UInt8] {
        try checkAlive()
        return try base.read(path)
    }

    package func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8] {
        try checkAlive()
        return try base.read(path, at: offset, count: count)
    }

    package func create(_ path: String) throws(VaultError) -> any VaultFile {
        try gate(path, needsSpace: true) {}
        return FaultyFile(try base.create(path), path: path, owner: self)
    }

    package func rename(_ path: String, to new: String) throws(VaultError) {
        try gate(path, needsSpace: true) {}
        try base.rename(path, to: new)
    }

    package func remove(_ path: String) throws(VaultError) {
        try gate(path, needsSpace: false) {}
        try base.remove(path)
    }

    package func sync(folder: String) throws(VaultError) {
        try gate(folder, needsSpace: false) {}
        try base.sync(folder: folder)
    }

    package func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? {
        try gate("lock", needsSpace: false) {}
        return try base.lock(note: note)
    }

    package func lockNote() throws(VaultError) -> [UInt8] { try base.lockNote() }
}

/// A file of `FaultyVaultFiles` that is being written.
private final class FaultyFile: VaultFile {
    private let base: any VaultFile
    private let path: String
    private let owner: FaultyVaultFiles

    init(_ base: any VaultFile, path: String, owner: FaultyVaultFiles) {
        self.base = base
        self.path = path
        self.owner = owner
    }

    func append(_ bytes: [UInt8]) throws(VaultError) {
        try owner.gate(path, needsSpace: true) { () throws(VaultError) in
            try base.append(Array(bytes.prefix(bytes.count / 2)))
        }
        try base.append(bytes)
    }

    func sync() throws(VaultError) {
        try owner.gate(path, needsSpace: true) {}
        try base.sync()
    }
}
