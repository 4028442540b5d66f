import Basics
import TestSupport
import Testing

@testable import Operations

/// A watch over a host's file.
@Suite(.timeLimit(.minutes(5))) struct HostWatchTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// Passes on what a watch tells.
    private struct Listener: ProgressReporter {
        let continuation: AsyncStream<String>.Continuation

        func report(_ update: ProgressUpdate) {
            if let event = update.event { continuation.yield(event) }
        }
    }

    private func once(_ repair: String = "offer") async throws -> JSONValue {
        try await bench.call(
            "watch",
            ["host": ["cursor"], "file": .string(bench.path), "once": true, "repair": .string(repair)])
    }

    /// A watch that goes on, and what it tells.
    private func watching(
        _ repair: String
    ) -> (watch: Task<OperationResult, any Error>, events: AsyncStream<String>) {
        let (events, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(100))
        let context = bench.home.context().with(
            Caller(actor: "person:test", surface: "cli", level: .destroy),
            progress: Listener(continuation: continuation))
        let input: [String: JSONValue] = [
            "host": ["cursor"], "file": .string(bench.path), "repair": .string(repair),
        ]
        let watch = Task { try await AnyOperation(WatchHostConfigs.self).call(input, in: context) }
        return (watch, events)
    }

    private func kinds(_ output: JSONValue) -> [String] {
        output["events"]?.array?.compactMap { $0["kind"]?.string } ?? []
    }

    @Test
    func `each settled change is kept, what broke is put back, and cancelling is an end like any other`()
        async throws
    {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        let (watch, events) = watching("broken")
        func next(_ kind: String) async {
            for await event in events where event.hasPrefix("cursor: \(kind)") { return }
        }
        await next("stored")
        bench.home.clock.advance(by: .seconds(1))
        try Shell.run("truncate -s 9 '\(bench.path)'")
        await next("damaged")
        await next("repaired")
        #expect(TestFiles.bytes(at: bench.path) == good)
        await next("stored")
        bench.home.clock.advance(by: .seconds(1))
        // Another program that replaces the file as a whole.
        try Shell.run(
            "printf '{\"mcpServers\": {\"b\": {}}}' >'\(bench.path).new'; mv '\(bench.path).new' '\(bench.path)'"
        )
        await next("stored")
        bench.home.clock.advance(by: .seconds(1))
        // Other rights are a change, too.
        try Shell.run("chmod 600 '\(bench.path)'")
        await next("stored")
        watch.cancel()
        let output = try await watch.value.json
        #expect(kinds(output).filter { $0 == "repaired" }.count == 1)
        #expect(output["broken"] == [])
        let newest = try await bench.list.first?["backup"]?.string
        let shown = try await bench.call("show", ["host": "cursor", "backup": .string(newest ?? "")])
        #expect(shown["servers"]?.array?.compactMap { $0["name"]?.string } == ["b"])
    }

    /// A way to break the file, and what is done about it by each policy.
    struct Case: Sendable, CustomTestStringConvertible {
        let command: String
        let says: String
        let brokenRepairs: Bool
        var testDescription: String { says }
    }

    @Test(arguments: [
        Case(command: "truncate -s 9 FILE", says: "cannot be understood", brokenRepairs: true),
        Case(command: ": >FILE", says: "is empty", brokenRepairs: true),
        Case(command: "printf '\\0\\0\\0\\0' >FILE", says: "is empty", brokenRepairs: true),
        Case(command: "echo '{\"mcpServers\": {' >FILE", says: "cannot be understood", brokenRepairs: true),
        Case(command: "echo '{\"mcpServers\": {}}' >FILE", says: "lost 1 server", brokenRepairs: false),
        Case(command: "rm -f FILE", says: "is gone", brokenRepairs: false),
    ])
    func `what broke is told, and repaired by policy`(_ test: Case) async throws {
        try bench.write(["a"])
        #expect(kinds(try await once()) == ["stored"])
        #expect(kinds(try await once()).isEmpty, "nothing changed")
        let good = TestFiles.bytes(at: bench.path)
        let command = test.command.replacing("FILE", with: "'\(bench.path)'")
        try Shell.run(command)
        bench.home.clock.advance(by: .seconds(1))
        let offered = try await once()
        #expect(kinds(offered).last == "damaged" && offered["broken"] == ["cursor"])
        #expect(offered["events"]?.array?.last?["text"]?.string?.contains(test.says) == true, "\(offered)")
        #expect(TestFiles.bytes(at: bench.path) != good)
        bench.home.clock.advance(by: .seconds(1))
        let broken = try await once("broken")
        #expect((kinds(broken).last == "repaired") == test.brokenRepairs)
        #expect((TestFiles.bytes(at: bench.path) == good) == test.brokenRepairs)
        try Shell.run(command)
        bench.home.clock.advance(by: .seconds(1))
        #expect(kinds(try await once("all")).last == "repaired")
        #expect(TestFiles.bytes(at: bench.path) == good)
    }

    @Test func `a link that cannot be followed is told, once for as long as it lasts`() async throws {
        try Shell.run("ln -s mcp.json '\(bench.path)'")
        let (watch, events) = watching("offer")
        for await event in events
        where event.hasPrefix("watch: failed") && event.contains("leads cannot be told") {
            break
        }
        watch.cancel()
        let output = try await watch.value.json
        let told = output["events"]?.array?.filter { $0["text"]?.string?.contains("leads") == true }
        #expect(told?.count == 1)
        #expect(told?.first?["text"]?.string?.contains("symbolic links") == true)
        var other = HostWatch(
            hosts: [bench.host], file: bench.path, place: .here, repair: .offer, context: bench.home.context()
        )
        other.hinder(["the folder /x cannot be watched: Permission denied"])
        other.hinder(["the folder /x cannot be watched: Permission denied"])
        #expect(other.events.map(\.kind) == ["failed"])
        other.hinder([])
        other.hinder(["the folder /x cannot be watched: Permission denied"])
        #expect(other.events.count == 2)
    }

    @Test func `it never quarrels with a program`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        var watch = HostWatch(
            hosts: [bench.host], file: bench.path, place: .here, repair: .all, context: bench.home.context())
        for _ in 0..<5 {
            bench.home.clock.advance(by: .seconds(1))
            try Shell.run("rm '\(bench.path)'")
            try await watch.look()
            bench.home.clock.advance(by: .seconds(1))
            if TestFiles.bytes(at: bench.path) == nil { break }
            try await watch.look()
        }
        #expect(watch.events.filter { $0.kind == "repaired" }.count == 3)
        #expect(
            watch.events.last?.text
                == "it is left as it is: it was put back 3 times, and something changes it again and again")
        #expect(watch.broken == ["cursor"])
    }

    @Test(
        arguments: [
            ["host": ["cursor", "zed"], "file": "/x"], ["once": true, "minutes": 1], ["minutes": -1],
        ] as [[String: JSONValue]])
    func `what makes no sense is refused`(_ arguments: [String: JSONValue]) async throws {
        #expect(await bench.home.refusal("host-config watch", arguments) == .argumentInvalid)
    }
}
