import Basics
import Synchronization
import TestSupport
import Testing

@testable import Vault

/// What a power cut may leave: whatever gets its name late, nothing names what is not on the disk.
@Suite struct PowerLossTests {
    /// Files that know what a disk would have kept for certain, and note a name that is given too early.
    private final class Disk: VaultFiles {
        struct State {
            /// New files and folders whose content, and whose name in the folder above, is not durable yet.
            var unwritten: Set<String> = []
            var unnamed: Set<String> = []
            var early: [String] = []
            var named: [String] = []
        }

        let base = MemoryVaultFiles()
        let state = Mutex(State())
        var location: String { base.location }

        func createFolder(_ path: String) throws(VaultError) -> Bool {
            let isNew = try base.createFolder(path)
            if isNew { state.withLock { _ = $0.unnamed.insert(path) } }
            return isNew
        }

        func create(_ path: String) throws(VaultError) -> any VaultFile {
            state.withLock { _ = $0.unwritten.insert(path) }
            return File(try base.create(path), path, self)
        }

        func rename(_ path: String, to new: String) throws(VaultError) {
            try base.rename(path, to: new)
            state.withLock { state in
                if state.unwritten.remove(path) != nil { state.early.append("\(new) before its content") }
                let namesPacks = [VaultPath.backups, VaultPath.index].contains { new.hasPrefix($0 + "/") }
                let missing = state.unnamed.filter { $0.hasPrefix(VaultPath.packs + "/") }.sorted()
                if namesPacks, !missing.isEmpty { state.early.append("\(new) before \(missing)") }
                state.named.append(new)
                state.unnamed.insert(new)
            }
        }

        func sync(folder: String) throws(VaultError) {
            try base.sync(folder: folder)
            state.withLock { state in
                state.unnamed = state.unnamed.filter { path in
                    (path.contains("/") ? AtomicFile.folder(of: path) : "") != folder
                }
            }
        }

        func items(in folder: String) throws(VaultError) -> [FolderItem] { try base.items(in: folder) }
        func read(_ path: String) throws(VaultError) -> [UInt8] { try base.read(path) }
        func read(_ path: String, at offset: Int64, count: Int) throws(VaultError) -> [UInt8] {
            try base.read(path, at: offset, count: count)
        }
        func remove(_ path: String) throws(VaultError) { try base.remove(path) }
        func lock(note: [UInt8]) throws(VaultError) -> (any VaultLock)? { try base.lock(note: note) }
        func lockNote() throws(VaultError) -> [UInt8] { try base.lockNote() }
    }

    private final class File: VaultFile {
        private let base: any VaultFile
        private let path: String
        private let disk: Disk

        init(_ base: any VaultFile, _ path: String, _ disk: Disk) {
            self.base = base
            self.path = path
            self.disk = disk
        }

        func append(_ bytes: [UInt8]) throws(VaultError) {
            disk.state.withLock { _ = $0.unwritten.insert(path) }
            try base.append(bytes)
        }

        func sync() throws(VaultError) {
            try base.sync()
            disk.state.withLock { _ = $0.unwritten.remove(path) }
        }
    }

    @Test func `what names a pack gets its own name after the pack has, durably`() async throws {
        let (disk, clock) = (Disk(), SettableClock())
        let vault = try await Vault.create(files: disk, key: VaultKey.random(), clock: clock)
        for seed in 0..<8 as Range<UInt8> {
            let writer = try await onceFree { try await vault.beginWriting(what: "test") }
            async let one = SampleBackup(seed: seed).commit(to: writer, at: clock.now())
            async let other = SampleBackup(device: "nas", seed: seed &+ 100).commit(
                to: writer, at: clock.now())
            _ = try await (one, other)
            let left = disk.state.withLock { $0.unnamed.union($0.unwritten) }
            #expect(left.isEmpty, "what was committed is durable")
            await writer.finish()
        }
        let (early, named) = disk.state.withLock { ($0.early, $0.named) }
        #expect(early == [])
        for folder in [VaultPath.packs, VaultPath.index, VaultPath.backups] {
            #expect(named.contains { $0.hasPrefix(folder + "/") }, "\(folder) was written")
        }
    }
}
