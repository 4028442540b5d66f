import Basics
import Codecs
import RemoteExecution
import Restore
import TestSupport
import Testing

@testable import Operations
@testable import Vault

@Suite struct EngineDrillTests {
    private func manifest(_ vault: Vault, _ captures: [String: [UInt8]]) async throws -> Manifest {
        let writer = try await vault.beginWriting(what: "test")
        var sections: [SectionRecord] = []
        for (name, output) in captures.sorted(by: { $0.key < $1.key }) {
            let refs = try await writer.store(contents: [output])
            let probe = EngineState.sources[name] ?? ""
            sections.append(
                SectionRecord(
                    name: name, status: .ok,
                    captures: [.init(probe: probe, outcome: "exited:0", output: refs[0])]))
        }
        let time = Timestamp(seconds: 1_790_000_000)
        return try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "shop1"), started: time, finished: time, status: .ok, tool: "test",
                sections: sections, entries: []))
    }

    @Test func `a backup that cannot be read fails the drill's check and does not end the drill`()
        async throws
    {
        let services = try await TestServices()
        let noise = (0..<500_000).map { _ in UInt8.random(in: 0...255) }
        let vault = try await services.vault()
        let manifest = try await manifest(vault, ["docker-containers": noise])
        let packs = try services.files.items(in: "packs").filter(\.isFolder).flatMap { folder in
            try services.files.items(in: "packs/\(folder.name)").map {
                (size: $0.size, path: "packs/\(folder.name)/\($0.name)")
            }
        }
        let pack = try #require(packs.max { $0.size < $1.size })
        services.files.damage(pack.path) { $0[$0.count / 2] ^= 1 }
        let again = try await TestServices(reopening: services)
        let drill = EngineDrill(
            context: again.context(), vault: try await again.vault(), manifest: manifest,
            device: .local(added: Timestamp(seconds: 0)))
        let checks = try await drill.checks([], damaged: [])
        #expect(checks.map(\.name) == ["containers"])
        #expect(checks.map(\.outcome) == [.failed])
    }

    @Test func `an engine that answers and does not tell everything is not taken for an empty one`() throws {
        let engine = EngineState { section, _ in
            section == "docker-daemon" ? Array(#"{"ServerVersion":"20"}"#.utf8) : nil
        }
        func section(_ name: String, _ outcome: String) -> SectionRecord {
            let probe = EngineState.sources[name] ?? ""
            return SectionRecord(
                name: name, status: outcome == "exited:0" ? .ok : .failed,
                reason: outcome == "exited:0" ? "" : "it took too long",
                captures: [.init(probe: probe, outcome: outcome)])
        }
        let good = EngineState.sources.keys.sorted().map { section($0, "exited:0") }
        try EngineReading.checkWhole(engine, good)
        let cut = good.map { $0.name == "docker-volumes" ? section($0.name, "timed-out") : $0 }
        #expect {
            try EngineReading.checkWhole(engine, cut)
        } throws: { error in
            let error = error as? OperationError
            return error?.code == .collectionFailed
                && error?.message.contains("docker-volumes could not be read: it took too long") == true
        }
        // Without an engine nothing was to be told.
        try EngineReading.checkWhole(.absent, cut)
    }
}
