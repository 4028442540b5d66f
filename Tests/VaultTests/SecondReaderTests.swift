import Basics
import Codecs
import TestSupport
import Testing

@testable import Vault

/// A reader in Python that was written from docs/vault-format.md restores what this program stored.
@Suite struct SecondReaderTests {
    /// Python with the two packages the reader needs, in a folder of the test's own.
    private static func python(in folder: String) throws -> String {
        let present = "python3 -c 'import nacl.bindings, zstandard'"
        if (try? Shell.run(present + " 2>/dev/null")) != nil { return "python3" }
        try Shell.run("python3 -m pip install -q --target '\(folder)/site' PyNaCl zstandard 2>&1")
        return "PYTHONPATH='\(folder)/site' python3"
    }

    /// Contents of all sizes: small, cut into chunks, not compressible, sparse.
    private static func entries(_ writer: VaultWriter) async throws -> (
        entries: [FileEntry], contents: [[UInt8]: [UInt8]]
    ) {
        var random: [UInt8] = SecureRandom.bytes(3_000_000)
        random += [UInt8](repeating: 7, count: 2_500_000)
        let contents: [[UInt8]: [UInt8]] = [
            Array("/data/large".utf8): random,
            Array("/data/small".utf8): Array("small\n".utf8),
            Array("/data/empty".utf8): [],
            Array("/data/\u{fc}n\n name".utf8) + [0xFF]: Array("odd".utf8),
            Array("/data/half".utf8): SecureRandom.bytes(524_288),
        ]
        var entries = [
            FileEntry(
                path: Array("/data".utf8), kind: .folder, mode: 0o750, modified: 1_700_000_000_000_000_001),
            FileEntry(
                path: Array("/data/link".utf8), kind: .symbolicLink, mode: 0o777,
                linkTarget: Array("../x".utf8) + [0xFE]),
            FileEntry(
                path: Array("/data/hard".utf8), kind: .hardLink, mode: 0o600,
                linkTarget: Array("/data/small".utf8)),
            FileEntry(path: Array("/data/pipe".utf8), kind: .pipe, mode: 0o620, modified: 1_234_567_890),
            FileEntry(
                path: Array("/data/tty".utf8), kind: .characterDevice, mode: 0o600,
                device: .init(major: 4, minor: 300)),
        ]
        for (path, content) in contents.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            entries.append(
                FileEntry(
                    path: path, kind: .file, mode: 0o604, userID: 12, groupID: 34, user: "us", group: "gr",
                    size: Int64(content.count), modified: 1_700_000_000_123_456_789,
                    changed: 1_700_000_002_000_000_000, inode: .max,
                    attributes: [.init(name: Array("SCHILY.xattr.user.x".utf8), value: [0, 255])],
                    content: try await writer.store(contents: [content])[0]))
        }
        entries.append(
            FileEntry(
                path: Array("/data/sparse".utf8), kind: .file, mode: 0o600, size: 1_000_000,
                extents: [.init(offset: 4096, length: 4), .init(offset: 999_990, length: 2)],
                content: try await writer.store(contents: [Array("abcdyz".utf8)])[0]))
        return (entries, contents)
    }

    @Test func `Python restores a backup byte for byte from the documented format`() async throws {
        let folder = try ScratchFolder()
        let python: String
        do { python = try Self.python(in: folder.path) } catch {
            try Test.cancel("no Python with PyNaCl and zstandard: \(error)")
        }
        let key = VaultKey.random()
        try key.write(folder.path + "/key")
        let vault = try await Vault.create(at: folder.path + "/vault", key: key, clock: SettableClock())
        let writer = try await vault.beginWriting(what: "test")
        let (entries, contents) = try await Self.entries(writer)
        let inventory = try await writer.store(contents: [Array("{\"a\":1}".utf8)], as: .record)[0]
        let manifest = try await writer.commit(
            BackupDraft(
                name: "ünï", device: BackupDevice(name: "web1"), started: SettableClock().now(),
                finished: SettableClock().now(), status: .partial, tool: "test",
                sections: [
                    SectionRecord(name: "files", status: .partial, reason: "some", inventory: inventory)
                ],
                notCovered: ["/proc"], entries: entries))
        await writer.finish()

        let reader = TestFiles.folder(of: #filePath) + "/Reader/read_vault.py"
        let target = folder.path + "/out"
        try Shell.run(
            "\(python) '\(reader)' '\(folder.path)/vault' '\(folder.path)/key' restore \(manifest.id) '\(target)' 2>&1"
        )
        for (path, content) in contents {
            // A name that is no UTF-8 cannot be written here; the shell finds it by its readable part.
            let name =
                String(validating: path, as: UTF8.self).map { "'\(target)\($0)'" }
                ?? "'\(target)'/data/*name*"
            #expect(try Shell.output("cat \(name)") == content)
        }
        try await expect(try #require(TestFiles.bytes(at: target + ".json")), entries, manifest)
        let sparse = try #require(TestFiles.bytes(at: target + "/data/sparse"))
        #expect(sparse.count == 1_000_000 && Array(sparse[4096..<4100]) == Array("abcd".utf8))
        #expect(sparse[999_990] == UInt8(ascii: "y") && sparse[0] == 0)
        let kinds = try Shell.output("stat -c '%F %a %h %Y' '\(target)/data/pipe' '\(target)/data/small'")
        #expect(String(decoding: kinds, as: UTF8.self) == "fifo 620 1 1\nregular file 604 2 1700000000\n")
        let link = try Shell.output("readlink -n '\(target)/data/link'")
        #expect(link == Array("../x".utf8) + [0xFE])
    }

    @Test func `Python restores an older backup that a newer one healed`() async throws {
        let folder = try ScratchFolder()
        let python: String
        do { python = try Self.python(in: folder.path) } catch {
            try Test.cancel("no Python with PyNaCl and zstandard: \(error)")
        }
        let scenario = VaultScenario()
        try scenario.key.write(folder.path + "/key")
        let files = DiskVaultFiles(folder.path + "/vault")
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        let old = try await scenario.backUp(vault, seed: 1)
        let index = try await vault.writableIndex().index
        let pack = VaultPath.pack(try #require(index.packs.first).id)
        for block in index.blocks {
            try Shell.run(
                "printf X | dd of='\(folder.path)/vault/\(pack)' bs=1 seek=\(block.offset + 30) conv=notrunc 2>&1"
            )
        }
        #expect(try await !vault.verify().isGood)
        _ = try await scenario.backUp(vault, seed: 1)

        let reader = TestFiles.folder(of: #filePath) + "/Reader/read_vault.py"
        let target = folder.path + "/out"
        try Shell.run(
            "\(python) '\(reader)' '\(folder.path)/vault' '\(folder.path)/key' restore \(old) '\(target)' 2>&1"
        )
        for file in SampleBackup(seed: 1).files {
            #expect(TestFiles.bytes(at: target + file.path) == file.content, "\(file.path)")
        }
        let note = try #require(try files.items(in: VaultPath.damage).first)
        let modes = try Shell.output("cd '\(folder.path)/vault/damage' && stat -c %a . '\(note.name)'")
        #expect(String(decoding: modes, as: UTF8.self) == "700\n600\n")
    }

    /// Compares what the reader says of each entry with what was stored.
    private func expect(_ bytes: [UInt8], _ entries: [FileEntry], _ manifest: Manifest) async throws {
        let json = try JSONParser.parse(bytes)
        #expect(json["summary"]?["name"]?.string == "ünï")
        #expect(json["summary"]?["entries"]?.int == Int64(entries.count))
        #expect(json["notCovered"]?[0]?.string == "/proc")
        #expect(json["sections"]?[0]?["inventory"]?.string == Hex.string(Array("{\"a\":1}".utf8)))
        let sorted = entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        let described = try #require(json["entries"]?.array)
        #expect(described.count == sorted.count)
        for (entry, told) in zip(sorted, described) {
            #expect(told["path"]?.string == Hex.string(entry.path))
            #expect(told["kind"]?.string == "\(entry.kind)")
            #expect(told["mode"]?.int == Int64(entry.mode))
            #expect(told["uid"]?.int == Int64(entry.userID))
            #expect(told["user"]?.string == entry.user)
            #expect(told["group"]?.string == entry.group)
            #expect(told["size"]?.int == entry.size)
            #expect(told["mtime"]?.int == entry.modified)
            #expect(told["ctime"]?.int == entry.changed)
            #expect(told["link"]?.string == Hex.string(entry.linkTarget))
            #expect(told["device"]?[1]?.int == entry.device.map { Int64($0.minor) })
            #expect(told["attributes"]?.array?.count == entry.attributes.count)
            #expect(told["extents"]?.array?.count == entry.extents?.count)
        }
    }
}
