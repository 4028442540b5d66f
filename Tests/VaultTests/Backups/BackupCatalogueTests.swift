import Basics
import TestSupport
import Testing

@testable import Vault

/// What lists are made from: kept between calls, and always what the folder says.
@Suite(.timeLimit(.minutes(5))) struct BackupCatalogueTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()

    @discardableResult
    private func backUp(
        _ vault: Vault, _ devices: [String], apart: Duration = .seconds(60)
    ) async throws -> [BackupID] {
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        var ids: [BackupID] = []
        for device in devices {
            clock.advance(by: apart)
            ids.append(
                try await SampleBackup(device: device, count: 1).commit(to: writer, at: clock.now()).id)
        }
        await writer.finish()
        return ids
    }

    @Test func `a manifest is read for a list once`() async throws {
        let files = CountingVaultFiles(MemoryVaultFiles())
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        try await backUp(vault, ["web1", "nas", "web1", "host:cursor"])
        _ = files.reads(in: VaultPath.backups)
        #expect(try await vault.backups().backups.count == 4)
        #expect(files.reads(in: VaultPath.backups) == 4)
        #expect(try await vault.backups().backups.count == 4)
        #expect(try await vault.backups(of: "web1").count == 2)
        #expect(try await vault.series(beginning: "host:").keys.sorted() == ["host:cursor"])
        #expect(files.reads(in: VaultPath.backups) == 0)
        try await backUp(vault, ["nas"])
        #expect(try await vault.backups().backups.map(\.device.name).first == "nas")
        #expect(files.reads(in: VaultPath.backups) == 1)
    }

    @Test func `what a writer of this process made is not read again, unless somebody else wrote`()
        async throws
    {
        let folder = try ScratchFolder()
        let files = CountingVaultFiles(DiskVaultFiles(folder.path + "/v"))
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let other = try await Vault.open(at: folder.path + "/v", key: key, clock: clock)
        var all = try await backUp(vault, ["web1", "nas"])
        #expect(try await vault.backups().backups.count == 2)
        func expectsReads(_ range: ClosedRange<Int>, _ comment: Comment) async throws {
            _ = files.reads(in: VaultPath.backups)
            #expect(try await vault.backups().backups.map(\.id) == all.reversed(), comment)
            #expect(range.contains(files.reads(in: VaultPath.backups)), comment)
        }
        all += try await backUp(vault, ["web1"])
        try await expectsReads(0...0, "one turn")
        for _ in 0..<20 { all += try await backUp(vault, ["nas", "web1"]) }
        try await expectsReads(0...40, "more turns than are kept")
        all += try await backUp(vault, ["web1"])
        all += try await backUp(other, ["nas"])
        all += try await backUp(vault, ["web1"])
        try await expectsReads(1...3, "another one in between")
        let (last, before) = (all[all.count - 2], all[all.count - 5])
        #expect(try await vault.newest(of: "nas")?.id == last)
        #expect(try await vault.newest(of: "nas") { $0.id < last }?.id == before)
        #expect(try await vault.newest(of: "none") == nil)
        try await onceFree { try await vault.delete(all.removeLast()) }
        try await expectsReads(0...0, "one that went")
    }

    @Test func `marks that are not there are not looked for`() async throws {
        let files = CountingVaultFiles(MemoryVaultFiles())
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let ids = try await backUp(vault, ["web1", "nas", "web1"])
        try await vault.pin(ids[1], note: "kept")
        _ = files.reads(in: VaultPath.marks)
        let marks = try await vault.marks(of: ids)
        #expect(marks[ids[1]]?.pin?.note == "kept")
        #expect(marks[ids[0]] == Marks())
        #expect(files.reads(in: VaultPath.marks) == 1)
        #expect(try await vault.pinned(of: ids) == [ids[1]])
        #expect(files.reads(in: VaultPath.marks) == 0)
        try await vault.unpin(ids[1])
        try await vault.pin(ids[2])
        #expect(try await vault.pinned(of: ids) == [ids[2]])
    }

    @Test func `a pin that cannot be read counts as one`() async throws {
        let files = MemoryVaultFiles()
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let ids = try await backUp(vault, ["web1"])
        try files.writeWhole([1, 2, 3], to: MarkFiles.path(ids[0], .pin))
        #expect(try await vault.pinned(of: ids) == Set(ids))
        #expect(try await vault.marks(of: ids)[ids[0]]?.isPinned == true)
    }

    @Test func `what another process does is seen at once`() async throws {
        let folder = try ScratchFolder()
        let location = folder.path + "/v"
        let vault = try await Vault.create(at: location, key: key, clock: clock)
        let other = try await Vault.open(at: location, key: key, clock: clock)
        #expect(try await vault.backups().backups.isEmpty)
        for round in 0..<20 {
            let ids = try await backUp(other, ["web1", "nas"])
            #expect(try await vault.backups().backups.prefix(2).map(\.id) == ids.reversed(), "\(round)")
            try await onceFree { try await other.delete(ids[0]) }
            #expect(try await vault.backups().backups.first?.id == ids[1])
            #expect(try await !vault.backups(of: "web1").contains { $0.id == ids[0] })
            try await onceFree { try await other.undelete(ids[0]) }
            #expect(try await vault.backups(of: "web1").first?.id == ids[0])
            try await other.pin(ids[0])
            #expect(try await vault.pinned(of: ids) == [ids[0]])
        }
    }

    /// Times within one second, in any order, few and many at once.
    @Test func `the order is that of a vault that was just opened`() async throws {
        let files = MemoryVaultFiles()
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        for count in [1, 3, 40, 2, 17, 1] {
            try await backUp(
                vault, (0..<count).map { "d\($0 % 3)" },
                apart: .milliseconds(count.isMultiple(of: 2) ? -7 : 11))
            let list = try await vault.backups()
            if count == 2 { try await onceFree { try await vault.delete(list.backups[5].id) } }
            let fresh = try await Vault.open(files: files, key: key, clock: clock)
            let expected = try await fresh.backups().backups
            #expect(try await vault.backups().backups == expected)
            for device in ["d0", "d1", "d2"] {
                #expect(
                    try await vault.backups(of: device) == expected.filter { $0.device.name == device })
            }
        }
    }

    @Test func `a damaged manifest is tried again until it is whole`() async throws {
        let files = MemoryVaultFiles()
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let ids = try await backUp(vault, ["web1", "nas"])
        let path = VaultPath.manifest(ids[0])
        let whole = try files.read(path)
        try files.writeWhole(Array(whole.dropLast(whole.count - 40)), to: path)
        for _ in 0..<2 {
            let list = try await vault.backups()
            #expect(list.backups.map(\.id) == [ids[1]])
            #expect(list.damaged.map(\.path) == [path])
        }
        try files.writeWhole(whole, to: path)
        let list = try await vault.backups()
        #expect(list.backups.map(\.id) == ids.reversed())
        #expect(list.damaged.isEmpty)
    }

    @Test func `one that was damaged later leaves the list once it is used`() async throws {
        let files = MemoryVaultFiles()
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let ids = try await backUp(vault, ["web1", "web1"])
        #expect(try await vault.backups().backups.count == 2)
        try files.writeWhole([0], to: VaultPath.manifest(ids[1]))
        await #expect(throws: VaultError.self) { try await vault.manifest(ids[1]) }
        let list = try await vault.backups()
        #expect(list.backups.map(\.id) == [ids[0]])
        #expect(list.damaged.count == 1)
        #expect(try await vault.backups(of: "web1").map(\.id) == [ids[0]])
    }
}
