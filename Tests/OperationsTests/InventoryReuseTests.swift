import Basics
import RemoteExecution
import TestSupport
import Testing
import Vault

@testable import Operations

@Suite("Inventories that an earlier backup has", .timeLimit(.minutes(5)))
struct InventoryReuseTests {
    /// Backs up the accounts of this machine; gives the manifest.
    private func create(_ services: TestServices) async throws -> Manifest {
        let result = try await services.call(
            "backup create", ["device": ["local"], "only": ["users", "identity"]])
        let id = try #require(result.json["backups"]?[0]?["backup"]?.string)
        let vault = try await services.vault()
        return try await vault.manifest(try await vault.resolve(id))
    }

    /// Commits `manifest` again with another inventory of the accounts, as written by `tool`.
    private func plant(_ manifest: Manifest, by tool: String, in vault: Vault) async throws -> [ContentRef] {
        let writer = try await vault.beginWriting(what: "test")
        let planted = try await writer.store(contents: [Array(#"{"items":[],"remarks":["planted"]}"#.utf8)])[
            0]
        var sections = manifest.sections
        for index in sections.indices where sections[index].name == "users" {
            sections[index].inventory = planted
        }
        let now = SystemClock().now()
        _ = try await writer.commit(
            BackupDraft(
                device: manifest.summary.device, started: now, finished: now, status: .ok, tool: tool,
                sections: sections, entries: try await vault.entries(of: manifest)))
        await writer.finish()
        return planted
    }

    @Test(
        "An inventory is taken over from the same version only",
        arguments: [(DeviceBackup.tool, true), ("holdfast 0.0.1", false)])
    func reuse(tool: String, isTakenOver: Bool) async throws {
        let services = try await TestServices()
        let first = try await create(services)
        let planted = try await plant(first, by: tool, in: try await services.vault())
        let second = try await create(services)
        let users = try #require(second.sections.first { $0.name == "users" })
        #expect(users.status == .ok && (users.inventory == planted) == isTakenOver)
    }

    @Test("Own paths below folders of the kernel are read when they are named")
    func namedBelowDevices() async throws {
        guard try Folder.item("/dev/shm") != nil else { return }
        let name = "/dev/shm/holdfast-test-\(UInt64.random(in: 0 ... .max))"
        try Folder.createAll(name)
        defer { _ = try? Shell.run("rm -r '\(name)'") }
        try AtomicFile.write(Array("kept".utf8), to: name + "/file")
        let services = try await TestServices()
        for _ in 0..<2 {
            let result = try await services.call(
                "backup create", ["device": ["local"], "only": ["paths"], "path": [.string(name)]])
            let id = try #require(result.json["backups"]?[0]?["backup"]?.string)
            let shown = try await services.call(
                "backup cat", ["backup": .string(id), "path": .string(name + "/file")])
            #expect(shown.json["text"] == "kept")
        }
    }
}
