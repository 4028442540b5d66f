import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// A home, and a folder with one host's file in it.
struct HostBench {
    let home: RightsHome
    let folder: ScratchFolder
    let host: AssistantHost
    var path: String { folder.path + "/mcp.json" }

    init(_ host: String = "cursor") async throws {
        home = try await RightsHome()
        folder = try ScratchFolder()
        self.host = try #require(AssistantHost.named(host))
    }

    /// Writes the file with servers of these names.
    func write(_ servers: [String]) throws {
        let entries = servers.map { "\"\($0)\": {\"command\": \"/bin/\($0)\"}" }
        try folder.write(
            Array("{\"mcpServers\": {\(entries.joined(separator: ", "))}}\n".utf8), to: "mcp.json")
    }

    @discardableResult
    func call(_ verb: String, _ arguments: [String: JSONValue] = [:]) async throws -> JSONValue {
        home.clock.advance(by: .milliseconds(1))
        return try await home.call("host-config \(verb)", arguments)
    }

    /// Backs the file up; the backup.
    @discardableResult
    func backup(_ name: String = "") async throws -> String {
        let output = try await call(
            "backup", ["host": [.string(host.id)], "file": .string(path), "name": .string(name)])
        return try #require(output["hosts"]?[0]?["backup"]?.string)
    }

    /// Writes `count` different files and backs each up; the backups, oldest first.
    func backups(_ count: Int, apart: Duration = .seconds(1)) async throws -> [String] {
        var ids: [String] = []
        for number in 0..<count {
            home.clock.advance(by: apart)
            try write(["s\(number)"])
            ids.append(try await backup("round \(number)"))
        }
        return ids
    }

    var list: [JSONValue] {
        get async throws { try await call("list", ["limit": 0])["backups"]?.array ?? [] }
    }
}
