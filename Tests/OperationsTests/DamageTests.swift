import Basics
import TestSupport
import Testing

@testable import Operations
@testable import Vault

@Suite("A vault with damage", .timeLimit(.minutes(5)))
struct DamageTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private var source: String { scratch.path + "/source" }

    private func create(_ services: TestServices) async throws -> String {
        let result = try await services.call(
            "backup create",
            ["device": ["local"], "only": ["paths", "identity"], "path": [.string(source)]])
        return try #require(result.json["backups"]?[0]?["backup"]?.string)
    }

    /// Changes a bit in the block that holds an object.
    private func damage(_ id: ObjectID, _ services: TestServices) async throws {
        let index = try await services.vault().writableIndex().index
        let block = index.blocks[try #require(index.place(of: id)).block]
        let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
        services.files.damage(pack) { $0[Int(block.offset) + 40] ^= 1 }
    }

    private func manifest(_ id: String, _ services: TestServices) async throws -> (Vault, Manifest) {
        let vault = try await services.vault()
        return (vault, try await vault.manifest(try await vault.resolve(id)))
    }

    /// Damages the block of a file.
    private func damage(_ name: String, of id: String, _ services: TestServices) async throws {
        let (vault, manifest) = try await manifest(id, services)
        let entry = try #require(try await vault.entry(at: Array("\(source)/\(name)".utf8), of: manifest))
        try await damage(try #require(entry.content.first).id, services)
    }

    /// A folder with files that each have blocks of their own, and small ones.
    private func makeSource() throws {
        try Shell.run(
            """
            mkdir '\(source)' && cd '\(source)' && for n in a b c; do head -c 3000000 /dev/urandom >$n; done
            ln b b.link && printf small >small && printf other >other
            """)
    }

    @Test("What is damaged is read from the device again and heals older backups", arguments: [true, false])
    func parent(isVerified: Bool) async throws {
        try makeSource()
        let services = try await TestServices()
        let old = try await create(services)
        let (_, before) = try await manifest(old, services)
        try await damage("a", of: old, services)
        try await damage("small", of: old, services)
        if isVerified {
            await #expect { try await services.call("backup verify") } throws: {
                ($0 as? OperationError)?.code == .verificationFailed
            }
        } else {
            // Nobody noticed; then somebody looks.
            for name in ["a", "small"] {
                _ = try? await services.call(
                    "backup export",
                    [
                        "backup": .string(old), "to": .string(scratch.path + "/out-" + name),
                        "path": [.string(source + "/" + name)],
                    ])
            }
        }
        let new = try await create(services)
        let (_, after) = try await manifest(new, services)
        #expect(after.summary.parent == before.id && after.summary.status == .ok)
        #expect(after.summary.stats.newBytes > 1000 && after.summary.stats.newBytes < 7_000_000)
        let verified = try await services.call("backup verify")
        #expect(verified.json["backups"]?.array?.allSatisfy { $0["isGood"] == true } == true)
        let checked = try await services.call("vault check", ["read_data": true])
        #expect(checked.json["superseded"]?.array?.isEmpty == false)
        let pruned = try await services.call("backup prune", ["garbage_only": true])
        #expect(pruned.isComplete)
        #expect(try await services.call("vault check", ["read_data": true]).json["superseded"] == [])
        #expect(try await services.call("backup verify").isComplete)
    }

    @Test("A damaged list of files, or inventory, keeps no new backup from being made")
    func records() async throws {
        try makeSource()
        let services = try await TestServices()
        let old = try await create(services)
        let (_, before) = try await manifest(old, services)
        try await damage(before.tree, services)
        let new = try await create(services)
        let (_, after) = try await manifest(new, services)
        #expect(after.summary.status == .ok)
        #expect(try await services.call("backup verify").isComplete)
        let shown = try await services.call("backup show", ["backup": .string(old)])
        #expect(shown.json["sections"]?[0]?["items"]?.int ?? 0 > 0)
    }

    @Test("An export leaves out what is damaged, names it, and writes the rest", arguments: ["to", "tar"])
    func export(field: String) async throws {
        try makeSource()
        let services = try await TestServices()
        let id = try await create(services)
        try await damage("b", of: id, services)
        let (_, manifest) = try await manifest(id, services)
        let inventory = try #require(manifest.sections.first { !$0.inventory.isEmpty })
        let target = scratch.path + "/target"
        let result = try await services.call(
            "backup export", ["backup": .string(id), .init(field): .string(target)])
        #expect(!result.isComplete && result.json["lostFiles"] == 2)
        let lost = (result.json["lost"]?.array ?? []).compactMap(\.string)
        #expect(lost.count == 2 && lost.allSatisfy { $0.hasPrefix(source + "/b") }, "\(lost)")
        #expect(lost.contains { $0.hasPrefix(source + "/b.link: ") })
        if field == "tar" {
            try Shell.run("cd '\(scratch.path)' && mkdir out && tar -C out -xpf target && mv out target.out")
        } else {
            try Shell.run("mv '\(target)' '\(target).out'")
        }
        try Shell.run(
            """
            cd '\(target).out\(source)' && [ ! -e b ] && [ ! -e b.link ] && cmp a '\(source)/a' && cmp c '\(source)/c'
            [ "$(cat small other)" = smallother ] && [ -s '\(target).out/_holdfast/\(inventory.name)/inventory.json' ]
            """)
    }

    @Test("An export without a list of files, or without records, says so")
    func exportOfRecords() async throws {
        try makeSource()
        let services = try await TestServices()
        let id = try await create(services)
        let (_, manifest) = try await manifest(id, services)
        try await damage(manifest.tree, services)
        let target = scratch.path + "/target"
        let result = try await services.call(
            "backup export", ["backup": .string(id), "to": .string(target)])
        // Tree, inventory and recorded outputs of so small a backup lie in one block.
        let lost = (result.json["lost"]?.array ?? []).compactMap(\.string)
        #expect(!result.isComplete && lost.first?.contains("the list of all") == true, "\(lost)")
        #expect(lost.contains { $0.hasPrefix("_holdfast/identity/") })
        #expect(result.json["lostFiles"]?.int ?? 0 > manifest.summary.entries)
    }

    @Test(
        "An archive keeps holes, and writes zeros where GNU tar could not read them", arguments: [1024, 1000])
    func holes(length: Int) async throws {
        let services = try await TestServices()
        let vault = try await services.vault()
        let writer = try await vault.beginWriting(what: "test")
        let content = [UInt8](repeating: 7, count: length) + Array("end".utf8)
        let entry = FileEntry(
            path: Array("/sparse".utf8), kind: .file, mode: 0o600, size: 3_000_000,
            extents: [.init(offset: 8192, length: Int64(length)), .init(offset: 2_000_000, length: 3)],
            content: try await writer.store(contents: [content])[0])
        let now = SystemClock().now()
        _ = try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "local"), started: now, finished: now, status: .ok, tool: "test",
                sections: [SectionRecord(name: "paths", status: .ok)], entries: [entry]))
        await writer.finish()
        for (field, name) in [("tar", "a.tar"), ("to", "folder")] {
            let target = "\(scratch.path)/\(name)"
            _ = try await services.call(
                "backup export", ["backup": "latest", .init(field): .string(target)])
        }
        try Shell.run(
            "cd '\(scratch.path)' && mkdir out && tar -C out -xf a.tar && cmp out/sparse folder/sparse")
        let size = try Shell.output("stat -c '%s' '\(scratch.path)/a.tar' '\(scratch.path)/out/sparse'")
        let sizes = String(decoding: size, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
        #expect(sizes[1] == 3_000_000 && (sizes[0] < 10_000) == (length == 1024), "\(sizes)")
    }

    @Test("An export never goes over what is there, and says so as a conflict", arguments: ["tar", "to"])
    func occupied(field: String) async throws {
        try makeSource()
        let services = try await TestServices()
        _ = try await create(services)
        let target = scratch.path + (field == "tar" ? "/taken/file" : "/taken")
        try Shell.run("mkdir -p '\(scratch.path)/taken' && echo mine >'\(scratch.path)/taken/file'")
        do {
            _ = try await services.call(
                "backup export", ["backup": "latest", .init(field): .string(target)])
            Issue.record("it was written over")
        } catch {
            #expect(error.code == .targetExists && error.code.category == .conflict, "\(error)")
            #expect(error.message.contains(target) && !error.hint.isEmpty, "\(error)")
        }
        #expect(TestFiles.bytes(at: scratch.path + "/taken/file") == Array("mine\n".utf8))
    }

    @Test("A damaged mark or manifest is named by the list, which shows the rest")
    func marks() async throws {
        try makeSource()
        let services = try await TestServices()
        let first = try await create(services)
        let second = try await create(services)
        _ = try await services.call("backup pin", ["backup": .string(first)])
        services.files.damage("marks/\(first).pin") { $0[20] ^= 1 }
        let list = try await services.call("backup list")
        let backups = try #require(list.json["backups"]?.array)
        #expect(!list.isComplete && backups.compactMap { $0["id"]?.string } == [second, first])
        #expect(backups.map { $0["isPinned"] } == [false, true])
        let named = try #require(list.json["damaged"]?[0]?.string)
        #expect(named.contains("marks/\(first).pin") && named.contains("holdfast backup pin \(first)"))
        let pruned = try await services.call("backup prune", ["keep_last": 1])
        #expect(!pruned.isComplete && pruned.json["decisions"]?[1]?["keeps"] == true)
        _ = try await services.call("backup unpin", ["backup": .string(first)])
        #expect(try await services.call("backup list").isComplete)
    }
}
