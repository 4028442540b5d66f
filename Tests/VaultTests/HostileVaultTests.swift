import Basics
import Codecs
import TestSupport
import Testing

@testable import Vault

/// What whoever has the key could write into a vault: each part is named, and none takes more than it may.
@Suite struct HostileVaultTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()

    /// A vault with one harmless backup, and its manifest.
    private func made(
        _ files: any VaultFiles = MemoryVaultFiles(), storing records: [[UInt8]] = []
    ) async throws -> (vault: Vault, manifest: Manifest, records: [ObjectID]) {
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        var ids: [ObjectID] = []
        for record in records { ids.append(try await writer.store(record, as: .record)) }
        let manifest = try await SampleBackup().commit(to: writer, at: clock.now())
        await writer.finish()
        return (vault, manifest, ids)
    }

    private func error(_ body: () async throws -> Void) async -> VaultError? {
        do { try await body() } catch { return error as? VaultError }
        return nil
    }

    @Test func `a list that names the same part again and again is refused at the second`() async throws {
        let segment = TreeCodec.encode(
            (0..<2000).map { FileEntry(path: Array("/f\(10_000 + $0)".utf8), kind: .file) }[...])
        let (vault, manifest, ids) = try await made(storing: [segment])
        let writer = try await vault.beginWriting(what: "test")
        let part = TreeRoot.Segment(id: ids[0], entries: 2000, first: Array("/f10000".utf8))
        // Four million entries in a few hundred bytes.
        let root = try await writer.store(
            TreeRoot(segments: [TreeRoot.Segment](repeating: part, count: 2000)).encoded, as: .record)
        _ = try await SampleBackup(seed: 1).commit(to: writer, at: clock.now() + .seconds(1))
        await writer.finish()
        var hostile = manifest
        hostile.tree = root
        hostile.summary.entries = 3
        let found = await error { _ = try await vault.entries(of: hostile) }
        #expect(found?.code == .damaged)
        #expect(found?.message.hasSuffix("cannot be read: its paths are not in order, each once") == true)
        let readable = try await vault.readableEntries(of: hostile)
        #expect(readable.entries.count == 2000)
        #expect(readable.lost.count == 1999)
        #expect(try await vault.entries(of: manifest).isEmpty == false)
    }

    @Test(arguments: [(UInt32(100), 1 << 20), (1 << 20, 100)])
    func `a block that unpacks to another length than its pack says is refused`(
        _ claimed: UInt32, _ actual: Int
    ) async throws {
        let files = MemoryVaultFiles()
        let (vault, manifest, _) = try await made(files)
        // A pack whose catalogue and block disagree, sealed as whoever has the key seals it.
        let keys = VaultKeys(key)
        let plain = [UInt8](repeating: 0, count: Int(claimed))
        let id = ObjectID(keys.objects.digest(plain, 0..<plain.count))
        let pack = PackID.random()
        let sealed = try BlockCodec(sealer: keys.blocks).encode(
            PlainBlock(kind: .content, plain: [UInt8](repeating: 0, count: actual), objects: []),
            pack: pack, number: 0)
        let catalogue = PackCatalogue(blocks: [
            PackCatalogue.Block(
                kind: .content, sealedLength: sealed.count, plainLength: plain.count,
                objects: [PackCatalogue.Object(id: id, length: plain.count)])
        ])
        let trailer = keys.blocks.seal(catalogue.encoded, context: PackFormat.trailerContext(pack))
        let bytes =
            PackFormat.header(pack) + sealed + trailer + PackFormat.footer(trailerLength: trailer.count)
        _ = try files.createFolder(AtomicFile.folder(of: VaultPath.pack(pack)))
        try files.writeWhole(bytes, to: VaultPath.pack(pack))
        let written = PackStore.Found(id: pack, size: Int64(bytes.count))
        #expect(try PackStore(files: files, keys: keys).catalogue(written) == catalogue)
        let found = await error {
            _ = try await vault.bytes(of: [ContentRef(id: id, length: plain.count)])
        }
        #expect(found?.code == .damaged)
        #expect(found?.path == VaultPath.pack(pack), "\(found?.description ?? "")")
        #expect(try await vault.entries(of: manifest).isEmpty == false)
    }

    @Test func `a catalogue that claims more than a block may have is refused`() throws {
        var writer = ByteWriter()
        writer.append(varint: 1)
        writer.append(byte: ObjectKind.content.rawValue)
        for number in [64, PackFormat.blockLimit + 1, 0] { writer.append(varint: number) }
        var reader = ByteReader(writer.bytes)
        #expect(throws: RecordError.self) { try PackCatalogue(from: &reader) }
        // Counts of what cannot be there reserve no memory.
        for numbers in [[1 << 27], [1, 0, 64, 64, 1 << 27]] {
            var writer = ByteWriter()
            for number in numbers { writer.append(varint: number) }
            var reader = ByteReader(writer.bytes + [UInt8](repeating: 0, count: 4096))
            #expect(throws: RecordError.self) { try PackCatalogue(from: &reader) }
        }
    }

    @Test func `a file of the vault that is made endless is named, not read`() async throws {
        let folder = try ScratchFolder()
        let (vault, manifest, _) = try await made(DiskVaultFiles(folder.path + "/vault"))
        let path = VaultPath.manifest(manifest.id)
        try Shell.run("truncate -s 1T '\(folder.path)/vault/\(path)'")
        let found = await error { _ = try await vault.manifest(manifest.id) }
        #expect(found?.code == .damaged && found?.path == path)
        #expect(found?.message.contains("larger than 257.0 MiB, which it never is") == true)
        // A list reads its beginning alone.
        #expect(try await vault.backups().backups.map(\.id) == [manifest.id])
    }
}
