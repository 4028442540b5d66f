import Basics
import Glibc
import TestSupport
import Testing

@testable import Vault

/// Vaults of every version of the format that was ever written stay readable.
///
/// `HOLDFAST_FIXTURE=write` makes the vault of the present version anew; only when its format changed on purpose.
@Suite struct OldVaultTests {
    private static let fixture = TestFiles.folder(of: #filePath) + "/Fixtures/vault-v1"

    @Test func `a vault of version 1 is read`() async throws {
        if unsafe getenv("HOLDFAST_FIXTURE").map({ unsafe String(cString: $0) }) == "write" {
            try await Self.write()
        }
        let folder = try ScratchFolder()
        try Shell.run("cp -r '\(Self.fixture)' '\(folder.path)/copy'")
        let key = try VaultKey.read(folder.path + "/copy/key")
        let vault = try await Vault.open(at: folder.path + "/copy/vault", key: key)
        #expect(vault.created == Timestamp("2026-11-21T09:30:00Z"))
        let check = try await vault.check(readsData: true)
        #expect(check.problems == [] && check.leftovers == [])
        let list = try await vault.backups()
        #expect(list.damaged == [])
        #expect(list.backups.map(\.device.name) == ["nas", "web1"])
        let verified = try await vault.verify()
        #expect(verified.isGood && verified.objects > 10)
        try await expectContents(vault, list.backups[1].id)
        #expect(try await vault.marks(of: list.backups[1].id).pin?.note == "kept for ever")
        #expect(try await vault.trash().count == 1)
    }

    @Test func `a vault of version 1 is written to`() async throws {
        let folder = try ScratchFolder()
        try Shell.run(
            "cp -r '\(Self.fixture)' '\(folder.path)/copy'; rm -rf '\(folder.path)/copy/vault/index'")
        let clock = SettableClock("2027-01-01T00:00:00Z")
        let key = try VaultKey.read(folder.path + "/copy/key")
        let vault = try await Vault.open(at: folder.path + "/copy/vault", key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        let manifest = try await SampleBackup().commit(to: writer, at: clock.now())
        await writer.finish()
        #expect(manifest.summary.stats.newObjects <= 4)
        _ = try await vault.prune(nil, grace: .zero)
        #expect(try await vault.check(readsData: true).isClean)
        #expect(try await vault.verify().verdicts.count == 3)
    }

    private func expectContents(_ vault: Vault, _ id: BackupID) async throws {
        let manifest = try await vault.manifest(id)
        let entries = try await vault.entries(of: manifest)
        let sample = SampleBackup()
        #expect(entries.count == sample.files.count + SampleBackup.specials.count)
        for special in SampleBackup.specials { #expect(entries.contains(special)) }
        for file in sample.files {
            let entry = try #require(entries.first { $0.path == Array(file.path.utf8) })
            #expect(entry.mode == 0o640 && entry.group == "shadow")
            #expect(try await vault.bytes(of: entry.content) == file.content)
        }
        #expect(manifest.sections.map(\.name) == ["configuration"])
        #expect(manifest.notCovered == ["/proc is not read"])
    }

    private static func write() async throws {
        try Shell.run("rm -rf '\(fixture)'; mkdir -p '\(fixture)'")
        let key = VaultKey.random()
        let clock = SettableClock()
        try key.write(fixture + "/key")
        let vault = try await Vault.create(at: fixture + "/vault", key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "fixture")
        let first = try await SampleBackup().commit(to: writer, at: clock.now())
        clock.advance(by: .seconds(60))
        _ = try await SampleBackup(device: "nas", name: "nightly", seed: 1).commit(
            to: writer, at: clock.now())
        clock.advance(by: .seconds(60))
        let gone = try await SampleBackup(seed: 2).commit(to: writer, at: clock.now())
        await writer.finish()
        _ = try await vault.verify([first.id])
        try await vault.pin(first.id, note: "kept for ever")
        try await vault.delete(gone.id)
        // Says on which machine the fixture was made.
        try Shell.run("rm '\(fixture)/vault/lock'")
    }
}
