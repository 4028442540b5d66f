import Basics
import TestSupport
import Testing

@testable import Operations

/// Old backups of hosts' configuration go, and the others are proven.
@Suite struct HostUpkeepTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func clean(_ arguments: [String: JSONValue]) async throws -> [String] {
        let output = try await bench.call("clean", ["host": ["cursor"]].merging(arguments) { $1 })
        return output["decisions"]?.array?.filter { $0["keeps"] == false }
            .compactMap { $0["backup"]?.string } ?? []
    }

    @Test func `both conditions must hold`() async throws {
        let ids = try await bench.backups(6, apart: .seconds(86_400))
        #expect(try await clean(["keep_count": 2, "dry_run": true]) == ids.dropLast(2).reversed())
        #expect(try await clean(["older_than_days": 3, "dry_run": true]) == [ids[1], ids[0]])
        #expect(
            try await clean(["older_than_days": 3, "keep_count": 5, "dry_run": true]) == [ids[0]])
        #expect(try await bench.list.count == 6, "nothing went")
        #expect(try await clean(["older_than_days": 3, "keep_count": 5]) == [ids[0]])
        #expect(try await bench.list.count == 5)
        // It lies in the trash for a day.
        try await bench.home.call("backup undelete", ["backup": .string(ids[0])])
        #expect(try await bench.list.count == 6)
    }

    @Test func `what is pinned, sound, verified or newest stays`() async throws {
        let ids = try await bench.backups(4)
        try await bench.home.call("backup pin", ["backup": .string(ids[0])])
        try await bench.call("verify", ["host": ["cursor"], "backup": .string(ids[1])])
        try Shell.run(": >'\(bench.path)'")
        let wiped = try await bench.backup()
        #expect(try await clean(["keep_count": 1]) == [ids[2]])
        #expect(
            Set(try await bench.list.compactMap { $0["backup"]?.string }) == [ids[0], ids[1], ids[3], wiped])
    }

    @Test func `only a person lets them go; others are told how`() async throws {
        _ = try await bench.backups(3)
        let assistant = bench.home.context().with(
            Caller(actor: "assistant:test", surface: "mcp", level: .destroy), progress: SilentProgress())
        let operation = AnyOperation(CleanHostConfigs.self)
        func ask(_ more: [String: JSONValue]) async throws -> JSONValue {
            let input: [String: JSONValue] = ["host": ["cursor"], "keep_count": 1, "older_than_days": 0]
            let result = try await operation.call(input.merging(more) { $1 }, in: assistant)
            return result.json
        }
        bench.home.clock.advance(by: .seconds(60))
        #expect(try await ask(["dry_run": true])["gone"] == 2)
        let error = await #expect(throws: OperationError.self) { _ = try await ask([:]) }
        #expect(error?.code == .approvalMissing)
        #expect(
            error?.hint
                == "A person runs: holdfast host-config clean cursor --older-than-days 0 --keep-count 1")
        #expect(try await bench.list.count == 3, "nothing went")
        // What lets nothing go is refused to nobody.
        #expect(try await ask(["keep_count": 9])["gone"] == 0)
    }

    @Test func `other series are left alone`() async throws {
        _ = try await bench.backups(3)
        let other = try await bench.call(
            "backup", ["host": ["zed"], "file": .string(bench.path), "always": true])
        #expect(try await clean(["keep_count": 1]).count == 2)
        let left = try await bench.list.compactMap { $0["backup"] }
        #expect(left.count == 2 && left.contains(other["hosts"]?[0]?["backup"] ?? .null))
        let all = try await bench.call("clean", ["all": true, "keep_count": 1])
        #expect(all["gone"] == 0 && all["decisions"]?.array?.count == 2)
    }

    @Test func `a backup is read, decrypted and compared`() async throws {
        let ids = try await bench.backups(2)
        let all = try await bench.call("verify")
        #expect(all["backups"]?.array?.map { $0["isGood"] } == [true, true])
        #expect((all["objects"]?.int ?? 0) > 0 && all["isRecorded"] == true)
        let one = try await bench.call("verify", ["host": ["cursor"], "backup": .string(ids[0])])
        #expect(one["backups"]?.array?.map { $0["backup"] } == [.string(ids[0])])
        let none = try await bench.call("verify", ["host": ["zed"]])
        #expect(none["backups"] == [])
    }

    @Test(
        arguments: [
            ("clean", ["host": ["cursor"]]), ("clean", ["keep_count": 1]),
            ("clean", ["host": ["cursor"], "all": true, "keep_count": 1]),
            ("clean", ["host": ["cursor"], "keep_count": 0]),
            ("clean", ["host": ["cursor"], "older_than_days": -1]), ("verify", ["backup": "x"]),
        ] as [(String, [String: JSONValue])])
    func `what makes no sense is refused`(_ verb: String, _ arguments: [String: JSONValue]) async throws {
        #expect(await bench.home.refusal("host-config \(verb)", arguments) == .argumentInvalid)
    }
}
