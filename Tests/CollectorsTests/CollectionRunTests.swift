import Basics
import Codecs
import Collectors
import LocalExecution
import RemoteExecution
import Synchronization
import Testing

private enum Greeting: Collector {
    static let name = "greeting"
    static let summary = "Fixed words"
    static let probes = [
        Probe("words", script: "echo hello; echo oops >&2"),
        Probe("binary", script: "printf '\\000\\377\\n\\n'"),
        Probe("missing", tool: "no-such-tool", script: "echo never"),
        Probe("failing", script: "echo part; exit 3"),
        Probe("hanging", timeLimit: 1, script: "echo before; sleep 30"),
        Probe("killed", script: "echo before; kill -9 $$"),
        Probe("reading", script: "cat; echo read"),
        Probe("noisy-names", script: #"set -- '$(touch /tmp/pwned)' -rf; printf '%s\n' "$@""#),
    ]
    static let files = FileSet(["/etc/hosts", "/etc/host?", "/etc/no-such-thing"])
}

private final class CollectingSink: FileSink {
    let events = Mutex<[TarDecoder.Event]>([])

    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {
        self.events.withLock { $0 += events }
    }
}

@Suite("A run on this machine")
struct CollectionRunTests {
    private let device = Device.local(added: Timestamp(seconds: 0))

    private func run(
        _ plan: CollectionPlan, limits: ShellJob.Limits = ShellJob.Limits()
    ) async throws -> (CollectionResults, [TarDecoder.Event]) {
        let (boundary, sink) = (FrameBoundary(), CollectingSink())
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: sink)
        let job = ShellJob(input: plan.script(boundary: boundary), limits: limits)
        _ = try await LocalTransport().run(job, on: device, into: reader)
        return (await reader.results(), sink.events.withLock { $0 })
    }

    @Test("Every probe has its own output, errors and status", .timeLimit(.minutes(5)))
    func probes() async throws {
        let (results, events) = try await run(CollectionPlan(collectors: [Greeting.self]))
        let captures = try #require(results.captures["greeting"]).byProbe
        #expect(results.isComplete)
        #expect(
            captures["words"]
                == Capture(outcome: .exited(0), output: Array("hello\n".utf8), errors: Array("oops\n".utf8)))
        #expect(captures["binary"]?.output == [0, 0xFF, 0x0A, 0x0A])
        #expect(captures["missing"]?.outcome == .absent)
        #expect(captures["failing"] == Capture(outcome: .exited(3), output: Array("part\n".utf8)))
        #expect(captures["hanging"] == Capture(outcome: .timedOut, output: Array("before\n".utf8)))
        #expect(captures["killed"]?.outcome == .exited(137) && captures["killed"]?.lines == ["before"])
        #expect(captures["reading"]?.output == Array("read\n".utf8))
        #expect(captures["noisy-names"]?.lines == ["$(touch /tmp/pwned)", "-rf"])
        let entries = events.compactMap { event -> TarEntry? in
            if case .entry(let entry) = event { entry } else { nil }
        }
        #expect(entries.map { DeviceText.string($0.path) }.contains("./etc/hosts"))
        #expect(events.last == .finished)
    }

    @Test("A plan may stand twice in one script, each time under numbers of its own", .timeLimit(.minutes(5)))
    func twice() async throws {
        let plan = CollectionPlan(collectors: [Owner.self])
        let (boundary, sinks) = (FrameBoundary(), [CollectingSink(), CollectingSink()])
        let first = [0, plan.steps.count + 1]
        let readers = zip(first, sinks).map { number, sink in
            CollectionReader(plan: plan, numberedFrom: number, boundary: boundary, sink: sink)
        }
        let between = FramedScript.Numbered(
            plan.steps.count, ScriptStep(timeLimit: 1, script: "echo between"))
        let script = FramedScript.Template(
            plan.numbered(from: first[0]) + [between] + plan.numbered(from: first[1]), setup: plan.setup)
        _ = try await LocalTransport().run(
            ShellJob(input: script.bytes(boundary: boundary)), on: device,
            into: SharedConsumer(readers[0], answering: readers[1]))
        let events = sinks.map { $0.events.withLock { $0 } }
        #expect(events[0].last == .finished)
        #expect(events[0] == events[1])
        for reader in readers { #expect(await reader.results().isComplete) }
    }

    @Test("What the shared stream sends is not sent again, but for what that leaves out or never reaches")
    func overlap() async throws {
        let plan = CollectionPlan(collectors: [Owner.self, Searcher.self])
        let (results, events) = try await run(plan)
        let paths = events.compactMap { event -> String? in
            guard case .entry(let entry) = event, entry.kind == .file else { return nil }
            return String(decoding: entry.path, as: UTF8.self)
        }
        #expect(results.isComplete)
        #expect(paths.sorted() == ["./etc/group", "./etc/hosts", "./etc/passwd", "./etc/passwd"])
        #expect(events.allSatisfy { if case .entry(let entry) = $0 { entry.changed == nil } else { true } })
    }
}

private enum Owner: Collector {
    static let name = "owner"
    static let summary = "Files by name."
    static let files = FileSet(
        ["/etc/passwd", "/etc/hosts", "/etc/group"], excludes: ["/etc/group"])
}

private enum Searcher: Collector {
    static let name = "searcher"
    static let summary = "Files that are found."
    static let files = FileSet(
        discovery: "printf '%s\\n' /etc/hosts /etc/hosts/below /etc/group //etc/passwd", overlap: "/etc")
}
