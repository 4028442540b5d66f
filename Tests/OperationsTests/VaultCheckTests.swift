import Basics
import TestSupport
import Testing

@testable import Operations
@testable import Vault

@Suite("A check of a vault that lost something", .timeLimit(.minutes(5)))
struct VaultCheckTests {
    /// What of a backup is lost.
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case list, part, content, pack, manifest
        var testDescription: String { rawValue }
    }

    private let now = SystemClock().now()

    /// A backup of a file of its own, in a pack of its own.
    private func backUp(_ name: String, _ services: TestServices) async throws -> Manifest {
        let writer = try await services.vault().beginWriting(what: "test")
        let content = Array("the content of \(name)".utf8)
        let entry = FileEntry(
            path: Array("/etc/\(name)".utf8), kind: .file, mode: 0o600, size: Int64(content.count),
            content: try await writer.store(contents: [content])[0])
        let manifest = try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "local"), started: now, finished: now, status: .ok, tool: "test",
                sections: [SectionRecord(name: "paths", status: .ok)], entries: [entry]))
        await writer.finish()
        return manifest
    }

    private func lose(_ loss: Loss, of manifest: Manifest, _ services: TestServices) async throws {
        let vault = try await services.vault()
        let root = try await vault.root(of: manifest)
        let segment = try #require(root.segments.first)
        var entries: [FileEntry] = []
        try await vault.decode(segment, into: &entries)
        let id: ObjectID =
            switch loss {
            case .list: manifest.tree
            case .part, .pack: segment.id
            case .content: try #require(entries.first?.content.first).id
            case .manifest: manifest.tree
            }
        let index = try await vault.writableIndex().index
        let block = index.blocks[try #require(index.place(of: id)).block]
        let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
        switch loss {
        case .list, .part, .content: services.files.damage(pack) { $0[Int(block.offset) + 30] ^= 1 }
        case .pack: services.files.lose(pack)
        case .manifest:
            let file = try #require(
                services.files.paths.first { $0.hasPrefix("backups/\(manifest.id)") })
            services.files.damage(file) { $0[$0.count / 2] ^= 1 }
        }
    }

    @Test func `what interrupted runs left is counted and measured`() async throws {
        let home = try await RightsHome()
        _ = try await home.vault()
        for number in 0..<2 {
            let path = "backups/20261121T000000Z-00000000000\(number).manifest.00.tmp"
            try home.files.create(path).append([1, 2, 3])
        }
        let output = try await home.call("vault check")
        #expect(output["leftovers"]?.array?.count == 2 && output["leftoverBytes"] == 6)
    }

    @Test(
        "It names the backups that are hit, says that the others are whole, and its way out ends well",
        arguments: Loss.allCases)
    func wayOut(_ loss: Loss) async throws {
        let services = try await TestServices()
        let whole = try await backUp("whole", services)
        let hit = try await backUp("hit", services)
        // What another backup has in common with it is lost to that one as well.
        let twin = loss == .manifest ? nil : try await backUp("hit", services)
        try await lose(loss, of: hit, services)
        let reopened = try await TestServices(reopening: services)
        let error = await #expect(throws: OperationError.self) {
            try await reopened.call("vault check", ["read_data": true])
        }
        let text = "\(try #require(error).message) \(try #require(error).hint)"
        let lost = [hit.id.text] + (twin.map { [$0.id.text] } ?? [])
        for id in lost {
            #expect(error?.message.contains("Backup \(id) ") == true, "\(text)")
            #expect(error?.hint.contains(id) == true, "\(text)")
        }
        #expect(!text.contains(whole.id.text) && text.contains("The other one is whole"), "\(text)")
        // Again, and without reading: what was found is known.
        let again = await #expect(throws: OperationError.self) { try await reopened.call("vault check") }
        #expect(again?.hint == error?.hint, "\(again?.hint ?? "")")
        for step in ["backup delete", "backup prune --garbage-only --now"] {
            #expect(text.contains(step), "\(text)")
        }

        for id in lost { _ = try await reopened.call("backup delete", ["backup": .string(id)]) }
        let trashed = await #expect(throws: OperationError.self) { try await reopened.call("vault check") }
        #expect(trashed?.hint.contains("Only backups in the trash") == true, "\(trashed?.hint ?? "")")
        let pruned = try await reopened.call("backup prune", ["garbage_only": true, "now": true])
        #expect(pruned.isComplete, "\(pruned.json)")
        let last = try await reopened.call("vault check", ["read_data": true])
        #expect(last.json["backups"] == 1)
    }

    @Test("What was in a pack that is cut short is missing at the first look", arguments: [0, 24, 70])
    func cutShort(_ length: Int) async throws {
        let services = try await TestServices()
        let whole = try await backUp("whole", services)
        let hit = try await backUp("hit", services)
        let index = try await services.vault().writableIndex().index
        let block = index.blocks[try #require(index.place(of: hit.tree)).block]
        let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
        services.files.damage(pack) { $0.removeLast($0.count - length) }
        let reopened = try await TestServices(reopening: services)
        let first = await #expect(throws: OperationError.self) { try await reopened.call("vault check") }
        let text = "\(try #require(first).message) \(try #require(first).hint)"
        #expect(text.contains("Backup \(hit.id) ") && text.contains("The other one is whole"), "\(text)")
        #expect(!text.contains(whole.id.text), "\(text)")
        let second = await #expect(throws: OperationError.self) { try await reopened.call("vault check") }
        #expect(second?.hint == first?.hint, "\(second?.hint ?? "")")
    }

    @Test("A backup relies on nothing that a pack which is cut short had")
    func anew() async throws {
        let services = try await TestServices()
        let hit = try await backUp("hit", services)
        let index = try await services.vault().writableIndex().index
        let block = index.blocks[try #require(index.place(of: hit.tree)).block]
        services.files.damage(VaultPath.pack(index.packs[Int(block.pack)].id)) {
            $0.removeLast($0.count - 10)
        }
        let reopened = try await TestServices(reopening: services)
        let next = try await backUp("hit", reopened)
        let vault = try await reopened.vault()
        let entries = try await vault.entries(of: next)
        #expect(
            try await vault.bytes(of: #require(entries.first).content) == Array("the content of hit".utf8))
        // What has the same objects is whole again as well.
        #expect(try await vault.entries(of: hit) == entries)
    }

    @Test("The newest backup heals those that are hit, as it says")
    func healing() async throws {
        let services = try await TestServices()
        let hit = try await backUp("hit", services)
        try await lose(.list, of: hit, services)
        let reopened = try await TestServices(reopening: services)
        await #expect(throws: OperationError.self) {
            try await reopened.call("vault check", ["read_data": true])
        }
        _ = try await backUp("hit", reopened)
        _ = try await reopened.call("vault check")
    }
}
