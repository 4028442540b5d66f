import Basics
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// What goes wrong with programs' configuration beside the files themselves.
@Suite(.timeLimit(.minutes(5))) struct HostTroubleTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// The code and the message of what a call is refused with.
    private func refusal(
        _ verb: String, _ arguments: [String: JSONValue]
    ) async -> (code: OperationError.Code, message: String)? {
        let error = await #expect(throws: OperationError.self) { _ = try await bench.call(verb, arguments) }
        return error.map { ($0.code, $0.message) }
    }

    @Test func `a device that cannot be reached is told, by each verb that reads it`() async {
        for (verb, host) in [("hosts", nil), ("show", "cursor"), ("backup", "cursor")] as [(String, String?)]
        {
            let named: JSONValue? = host.map { verb == "backup" ? [.string($0)] : .string($0) }
            let error = await refusal(
                verb, ["device": "web"].merging(named.map { ["host": $0] } ?? [:]) { $1 })
            #expect(error?.code == .deviceUnreachable, "\(verb)")
        }
        #expect(bench.home.reached.attempts == 3)
    }

    @Test func `a program that is not here has nothing to show`() async throws {
        let host = try #require(allHosts.first { HostPlace.here.present(of: $0).isEmpty })
        let error = await refusal("show", ["host": .string(host.id)])
        #expect(error?.code == .hostMissing)
        #expect(error?.message == "No file of \(host.title) is here")
    }

    @Test func `a watch over the usual places ends with its time`() async throws {
        let host = try #require(allHosts.first { HostPlace.here.present(of: $0).isEmpty })
        var watch = HostWatch(
            hosts: [host], file: nil, place: HostPlace.here, repair: .offer, context: bench.home.context())
        try await watch.run(for: .milliseconds(50))
        #expect(watch.events.isEmpty && watch.broken.isEmpty)
    }

    @Test func `what a device has no more is damage, and is not looked for here`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let vault = try await bench.home.vault()
        let good = try await HostSeries(bench.host).holdings(in: vault)
        #expect(HostDamage.find(bench.host, [], good) == nil, "the file is here")
        let damage = HostDamage.find(bench.host, [], good, at: nil)
        #expect(damage?.text == "\(bench.path) is gone" && damage?.isBroken == false)
    }

    @Test func `a backup whose paths no program of these wrote is refused`() async throws {
        let vault = try await bench.home.vault()
        let writer = try await vault.beginWriting(what: "test")
        let pieces = try await writer.store(contents: [[1]])
        _ = try await writer.commit(
            BackupDraft(
                name: "", device: BackupDevice(name: HostSeries(bench.host).name),
                started: bench.home.clock.now(), finished: bench.home.clock.now(), status: .ok, tool: "test",
                sections: [SectionRecord(name: "host-config", status: .ok)], notCovered: [],
                entries: [
                    FileEntry(path: [0x2F, 0xFF], kind: .file, mode: 0o600, size: 1, content: pieces[0])
                ]
            ))
        await writer.finish()
        let error = await refusal("restore", ["host": "cursor"])
        #expect(error?.code == .ioFailed)
        #expect(error?.message.contains("has a path that is no text") == true)
    }

    @Test func `an export to a place that is not there says so`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let path = bench.folder.path + "/none/cursor.jsonl"
        let error = await refusal("export", ["host": "cursor", "to": .string(path)])
        #expect(error?.code == .ioFailed && error?.message.hasPrefix("The export stopped") == true)
    }

    @Test func `what is behind a link is found by the link`() async throws {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        let link = bench.folder.path + "/link.json"
        try Shell.run("ln -s mcp.json '\(link)'")
        let ticket = try await bench.call("prepare", ["host": "cursor", "file": .string(link)])
        try Shell.run(": >'\(bench.path)'")
        let output = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(link), "backup": ticket["backup"] ?? .null])
        #expect(output["outcome"] == "restored")
        #expect(TestFiles.bytes(at: bench.path) == good)
        #expect(try Folder.linkTarget(link) == "mcp.json")
    }

    @Test func `the newest proven backup stays`() async throws {
        let ids = try await bench.backups(3)
        let vault = try await bench.home.vault()
        let first = try #require(BackupID(ids[0]))
        _ = try await vault.keep(
            DrillRecord(
                when: bench.home.clock.now(), elapsed: .seconds(1), isGood: true, sections: [], files: 1,
                bytes: 1, checks: 1, failed: 0, notChecked: 0, failures: []), of: first)
        let output = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1])
        let kept = output["decisions"]?.array?.filter { $0["keeps"] == true }.compactMap {
            $0["backup"]?.string
        }
        #expect(kept == [ids[2], ids[0]])
    }
}
