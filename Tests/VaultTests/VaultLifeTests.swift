import Basics
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultLifeTests {
    @Test(.enabled(if: ProcessEnvironment.isRoot))
    func `root in another account's vault makes nothing that this account could not read`() async throws {
        let folder = try ScratchFolder()
        let (key, clock, sample) = (VaultKey.random(), SettableClock(), SampleBackup())
        let path = folder.path + "/vault"
        try Shell.run("mkdir -m 700 '\(path)'; chown 4321:4321 '\(path)'")
        let vault = try await Vault.create(at: path, key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        _ = try await sample.commit(to: writer, at: clock.now())
        await writer.finish()
        #expect(try Shell.output("find '\(path)' ! -user 4321") == [])
    }

    @Test func `a backup comes back as it was stored`() async throws {
        let folder = try ScratchFolder()
        let key = VaultKey.random()
        let clock = SettableClock()
        let sample = SampleBackup()
        let vault = try await Vault.create(at: folder.path + "/vault", key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        let manifest = try await sample.commit(to: writer, at: clock.now())
        await writer.finish()

        let again = try await Vault.open(at: folder.path + "/vault", key: key, clock: clock)
        let list = try await again.backups()
        #expect(list.backups == [manifest.summary])
        #expect(list.damaged.isEmpty)
        let read = try await again.manifest(manifest.id)
        #expect(read == manifest)
        let entries = try await again.entries(of: read)
        #expect(entries.count == sample.files.count + SampleBackup.specials.count)
        for special in SampleBackup.specials { #expect(entries.contains(special)) }
        for file in sample.files {
            let entry = try #require(try await again.entry(at: Array(file.path.utf8), of: read))
            #expect(try await again.bytes(of: entry.content) == file.content)
        }
        let report = try await again.verify()
        #expect(report.problems == [])
        #expect(report.verdicts.map(\.isGood) == [true])
        #expect(try await again.marks(of: manifest.id).evidence?.isGood == true)
    }

    @Test func `a second backup stores what is new only`() async throws {
        let folder = try ScratchFolder()
        let clock = SettableClock()
        let vault = try await Vault.create(at: folder.path + "/vault", key: .random(), clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        let first = try await SampleBackup().commit(to: writer, at: clock.now())
        let same = try await SampleBackup().commit(to: writer, at: clock.now())
        let other = try await SampleBackup(seed: 1).commit(to: writer, at: clock.now())
        await writer.finish()
        #expect(first.summary.stats.newObjects > 12)
        #expect(same.summary.stats.newObjects == 0)
        #expect(other.summary.stats.newObjects == 6 + 2)
        #expect(try await vault.verify().isGood)
    }
}
