import Basics
import Codecs
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultReadTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()

    private func makeVault(_ files: any VaultFiles) async throws -> (vault: Vault, ids: [BackupID]) {
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        var ids: [BackupID] = []
        for (number, device) in ["web1", "nas", "web1"].enumerated() {
            clock.advance(by: .seconds(60))
            let sample = SampleBackup(device: device, seed: UInt8(number))
            ids.append(try await sample.commit(to: writer, at: clock.now()).id)
        }
        await writer.finish()
        return (vault, ids)
    }

    private func code(_ body: () async throws -> Void) async -> VaultError.Code? {
        do { try await body() } catch { return (error as? VaultError)?.code }
        return nil
    }

    @Test func `a backup is named in several ways`() async throws {
        let (vault, ids) = try await makeVault(MemoryVaultFiles())
        #expect(try await vault.resolve("latest") == ids[2])
        #expect(try await vault.resolve("latest:nas") == ids[1])
        #expect(try await vault.resolve(ids[0].text) == ids[0])
        #expect(try await vault.resolve(String(ids[0].text.dropLast(11))) == ids[0])
        for text in ["", "latest:other", "2027", "x"] {
            #expect(await code { _ = try await vault.resolve(text) } == .notFound, "\(text)")
        }
        #expect(await code { _ = try await vault.resolve("20261121T") } == .ambiguous)
    }

    @Test func `a safety copy is never the latest, also where there is nothing else`() async throws {
        let vault = try await Vault.create(files: MemoryVaultFiles(), key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        func commit(_ name: String, only: [String], on device: String = "nas") async throws -> BackupID {
            clock.advance(by: .seconds(1))
            let time = clock.now()
            return try await writer.commit(
                BackupDraft(
                    name: name, device: BackupDevice(name: device), started: time, finished: time,
                    status: .ok, tool: "test", sections: [], entries: [], scope: BackupScope(only: only))
            ).id
        }
        let name = BackupSummary.safetyCopyNote + "3f8k2m1qz7xw9a4c"
        let copy = try await commit(name, only: ["cron"])
        for text in ["latest", "latest:nas"] {
            do {
                _ = try await vault.resolve(text)
                Issue.record("\(text) named the safety copy")
            } catch {
                #expect(error.code == .notFound && error.message.contains("but safety copies"), "\(error)")
                #expect(error.hint.contains(copy.text), "\(error)")
            }
        }
        #expect(try await vault.resolve(copy.text) == copy)
        let part = try await commit("", only: ["cron"])
        _ = try await commit(name, only: ["cron"])
        #expect(try await vault.resolve("latest:nas") == part)
        // A person's backup may have any name.
        let full = try await commit(name, only: [])
        #expect(try await vault.resolve("latest:nas") == full)
        await writer.finish()
    }

    @Test func `the newest backup of each device is found without reading all`() async throws {
        let files = MemoryVaultFiles()
        let (vault, ids) = try await makeVault(files)
        let newest = try await vault.newest(of: ["web1", "nas", "other"])
        #expect(newest.mapValues(\.id) == ["web1": ids[2], "nas": ids[1]])
        #expect(try await vault.newest(of: ["nas"], within: 1).isEmpty)
        files.damage(VaultPath.manifest(ids[2])) { $0[20] ^= 1 }
        #expect(try await vault.newest(of: ["web1"])["web1"]?.id == ids[0])
    }

    @Test func `of two backups within a second the later one is newest`() async throws {
        let vault = try await Vault.create(files: MemoryVaultFiles(), key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        var last: BackupID?
        for number in 0..<8 {
            clock.advance(by: .milliseconds(10))
            last = try await SampleBackup(seed: UInt8(number)).commit(to: writer, at: clock.now()).id
        }
        await writer.finish()
        #expect(try await vault.newest(of: ["web1"])["web1"]?.id == last)
    }

    @Test func `opening tells what is wrong`() async throws {
        let files = MemoryVaultFiles()
        #expect(await code { _ = try await Vault.open(files: files, key: key, clock: clock) } == .notFound)
        _ = try await makeVault(files)
        #expect(
            await code { _ = try await Vault.open(files: files, key: .random(), clock: clock) } == .wrongKey)
        #expect(await code { _ = try await Vault.create(files: files, key: key, clock: clock) } == .exists)
        files.damage(VaultPath.config) { $0 = Array("{}".utf8) }
        let vault = try await Vault.open(files: files, key: key, clock: clock)
        #expect(vault.configDamage?.code == .damaged)
    }

    @Test func `a folder that holds something else is left alone`() async throws {
        let folder = try ScratchFolder()
        try AtomicFile.write([1], to: folder.path + "/precious")
        #expect(await code { _ = try await Vault.create(at: folder.path, key: key) } == .invalid)
        #expect(try Folder.items(folder.path).map(\.name) == ["precious"])
    }

    @Test func `a damaged manifest is reported and hides no other`() async throws {
        let files = MemoryVaultFiles()
        let (vault, ids) = try await makeVault(files)
        files.damage(VaultPath.manifest(ids[1])) { $0[30] ^= 1 }
        let list = try await vault.backups()
        #expect(list.backups.map(\.id) == [ids[2], ids[0]])
        #expect(list.damaged.map(\.path) == [VaultPath.manifest(ids[1])])
        #expect(await code { _ = try await vault.manifest(ids[1]) } == .damaged)
        let other = BackupID.make(at: clock.now())
        #expect(await code { _ = try await vault.manifest(other) } == .notFound)
    }

    @Test func `damage is traced to the files of each backup`() async throws {
        let files = MemoryVaultFiles()
        let (vault, ids) = try await makeVault(files)
        let pack = try #require(files.paths.first { $0.hasSuffix(VaultPath.packSuffix) })
        // The first block of the first pack holds the contents of the first backup.
        files.damage(pack) { $0[PackFormat.headerLength + 30] ^= 1 }
        let report = try await vault.verify()
        #expect(!report.isGood)
        let atBlock = report.problems.filter {
            $0.path == pack && $0.offset == Int64(PackFormat.headerLength)
        }
        #expect(atBlock.count == 1)
        let hit = report.problems.filter { !$0.files.isEmpty }
        #expect(!hit.isEmpty && hit.flatMap(\.files).allSatisfy { $0.hasPrefix("/etc/conf.d/file") })
        for verdict in report.verdicts {
            #expect(verdict.isGood == !hit.contains { $0.backups == [verdict.backup] })
            let evidence = try await vault.marks(of: verdict.backup).evidence
            #expect(evidence?.isGood == verdict.isGood)
        }
        let bad = try #require(report.verdicts.first { !$0.isGood }).backup
        let entries = try await vault.entries(of: vault.manifest(bad)).filter { !$0.content.isEmpty }
        #expect(await code { _ = try await vault.contents(of: entries) } == .damaged)
        #expect(ids.contains(bad))
    }

    @Test func `a lost pack is found`() async throws {
        let files = MemoryVaultFiles()
        let (vault, _) = try await makeVault(files)
        let pack = try #require(files.paths.first { $0.hasSuffix(VaultPath.packSuffix) })
        files.lose(pack)
        #expect(try await vault.check().problems.contains { $0.path == pack })
        #expect(try await !vault.verify().isGood)
    }

    @Test func `a sample reads a part and is not taken for the whole`() async throws {
        let (vault, ids) = try await makeVault(MemoryVaultFiles())
        let sample = try await vault.verify([ids[0]], percent: 10)
        #expect(try await vault.marks(of: ids[0]).evidence?.extent == .sample(percent: 10))
        let full = try await vault.verify([ids[0]])
        #expect(sample.isGood && sample.objects < full.objects)
        for _ in 0..<20 {
            let small = try await vault.verify([ids[0]], percent: 1)
            #expect(small.verdicts.allSatisfy { $0.objects > 0 }, "nothing read proves nothing")
        }
        #expect(try await vault.marks(of: ids[1]) == Marks())
        #expect(await code { _ = try await vault.verify(percent: 0) } == .invalid)
        #expect(await code { _ = try await vault.verify(percent: 101) } == .invalid)
    }

    @Test func `a cancelled verification leaves no evidence`() async throws {
        let (vault, ids) = try await makeVault(MemoryVaultFiles())
        let task = Task { try await vault.verify() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await vault.marks(of: ids[0]).evidence == nil)
    }

    @Test func `progress ends at the total`() async throws {
        let (vault, _) = try await makeVault(MemoryVaultFiles())
        let last = LastProgress()
        let report = try await vault.verify { await last.take($0) }
        let progress = try #require(await last.value)
        #expect(progress.objects == progress.totalObjects && progress.bytes == progress.totalBytes)
        #expect(progress.objects == report.objects && report.bytes == progress.bytes)
    }

    private actor LastProgress {
        private(set) var value: VerifyProgress?
        func take(_ progress: VerifyProgress) { value = progress }
    }

    @Test func `sizes are counted`() async throws {
        let (vault, ids) = try await makeVault(MemoryVaultFiles())
        try await vault.delete(ids[0])
        let stats = try await vault.stats()
        #expect(stats.backups == 2 && stats.devices == 2 && stats.trashed == 1)
        #expect(stats.packs >= 1 && stats.objects > 10 && stats.plainBytes > 100)
        #expect(stats.storedBytes > stats.backedUpBytes)
    }

    @Test func `folders and files are their owner's only, whatever the umask`() async throws {
        let folder = try ScratchFolder()
        let files = DiskVaultFiles(folder.path + "/a/vault")
        let (vault, ids) = try await makeVault(files)
        try await vault.pin(ids[0])
        _ = try await vault.verify()
        try await vault.delete(ids[1], includesLastVerified: true)
        let wrong = try Shell.output(
            "find '\(folder.path)/a/vault' \\( -type d ! -perm 700 -o -type f ! -perm 600 \\) -print")
        #expect(wrong == [])
        let found = try Shell.output("find '\(folder.path)/a/vault' -type f | wc -l")
        #expect(Int(String(decoding: found, as: UTF8.self).filter(\.isNumber)) ?? 0 > 8)
    }

    @Test func `nothing readable lies in the files`() async throws {
        let files = MemoryVaultFiles()
        _ = try await makeVault(files)
        for path in files.paths where path != VaultPath.config && path != VaultPath.lock {
            let bytes = try files.read(path)
            for word in ["shared", "conf.d", "web1", "configuration", "shadow", "proc"] {
                #expect(ByteSearch.first(Array(word.utf8), in: bytes) == nil, "\(word) in \(path)")
            }
        }
    }

    @Test func `a full disk can be pruned`() async throws {
        let files = MemoryVaultFiles()
        let scenario = VaultScenario(clock: clock)
        let vault = try await Vault.create(files: files, key: scenario.key, clock: clock)
        let first = try await scenario.backUp(vault, seed: 1)
        try await vault.delete(first)
        let full = FaultyVaultFiles(files, fault: .staysFull, at: 1)
        let again = try await Vault.open(files: full, key: scenario.key, clock: clock)
        let report = try await again.prune(nil, grace: .zero)
        #expect(report.deadPacks == 1 && report.freedBytes > 0)
        #expect(!files.paths.contains { $0.hasSuffix(VaultPath.packSuffix) })
        _ = try await scenario.backUp(vault, seed: 2)
        #expect(try await vault.check(readsData: true).isClean)
    }
}
