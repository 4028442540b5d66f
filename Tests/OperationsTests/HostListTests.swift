import Basics
import TestSupport
import Testing

@testable import Operations

/// Lists of hosts' backups: what they show, whatever was kept of earlier looks.
@Suite struct HostListTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// Backs a file of another host up.
    private func backUp(_ host: String, _ text: String) async throws -> String {
        let path = bench.folder.path + "/\(host).json"
        try TestFiles.write(Array(text.utf8), to: path)
        bench.home.clock.advance(by: .seconds(1))
        let output = try await bench.call("backup", ["host": [.string(host)], "file": .string(path)])
        return try #require(output["hosts"]?[0]?["backup"]?.string)
    }

    private func list(_ arguments: [String: JSONValue]) async throws -> (ids: [String], more: Int64?) {
        let output = try await bench.call("list", arguments)
        return (output["backups"]?.array?.compactMap { $0["backup"]?.string } ?? [], output["more"]?.int)
    }

    @Test func `the newest of all hosts come first, and the rest is counted`() async throws {
        let first = try await bench.backups(3)
        let zed = try await backUp("zed", #"{"context_servers": {"z": {}}}"#)
        let last = try await bench.backups(4, apart: .seconds(2)).last ?? ""
        let kiro = try await backUp("kiro", #"{"mcpServers": {"k": {}}}"#)
        #expect(try await list(["limit": 2]) == ([kiro, last], 7))
        #expect(try await list(["limit": 0]).ids.count == 9)
        #expect(try await list(["limit": 0]).ids.last == first.first)
        #expect(try await list(["host": ["zed", "kiro"], "limit": 5]) == ([kiro, zed], 0))
        #expect(try await list(["host": ["cursor"], "limit": 1]) == ([last], 6))
        #expect(try await list(["host": ["junie"]]) == ([], 0))
    }

    @Test func `a pin is seen at once, and so is its end`() async throws {
        let ids = try await bench.backups(2)
        func pins() async throws -> [Bool?] { try await bench.list.map { $0["isPinned"]?.bool } }
        #expect(try await pins() == [false, false])
        _ = try await bench.home.call("backup pin", ["backup": .string(ids[0])])
        #expect(try await pins() == [false, true])
        _ = try await bench.home.call("backup unpin", ["backup": .string(ids[0])])
        #expect(try await pins() == [false, false])
    }
}
