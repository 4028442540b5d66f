import Basics
import Codecs
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@testable import Collectors

private enum Talking: Collector {
    static let name = "talking"
    static let summary = "Fixed words"
    static let probes = [
        Probe("words", script: "printf 'a\\nb\\n'"),
        Probe("complaining", script: "echo a; echo b >&2"),
        Probe("failing", script: "echo a; exit 3"),
        Probe("unasked", script: "echo a"),
    ]
}

private final class Listener: FileSink {
    struct State {
        var listed: [ListedFile] = []
        var keeps = false
        var entries: [TarEntry] = []
    }

    let state = Mutex(State())

    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {
        for case .entry(let entry) in events { state.withLock { $0.entries.append(entry) } }
    }

    func select(_ listed: [ListedFile]) async throws -> [[UInt8]] {
        state.withLock { $0.listed += listed }
        return listed.filter { $0.path.last != UInt8(ascii: "b") }.map(\.path)
    }

    func keepConfiguration() async throws { state.withLock { $0.keeps = true } }
}

@Suite("What a device need not send again", .timeLimit(.minutes(5)))
struct KnownOutcomeTests {
    private static let shells = ["/bin/sh", "bash --posix", "busybox sh"].filter { shell in
        (try? Shell.run("command -v \(shell.split(separator: " ")[0]) >/dev/null")) != nil
    }

    private func run(
        _ plan: CollectionPlan, _ known: CollectionPlan.KnownOutcomes, shell: String = "/bin/sh"
    ) async throws -> (CollectionResults, Listener.State) {
        let (boundary, sink) = (FrameBoundary(), Listener())
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: sink, known: known)
        let job = ShellJob(
            command: "exec \(shell)", input: plan.script(boundary: boundary, known: known),
            keepsInputOpen: plan.readsInput)
        _ = try await LocalTransport().run(job, on: .local(added: Timestamp(seconds: 0)), into: reader)
        return (await reader.results(), sink.state.withLock { $0 })
    }

    private func digest(_ output: String, status: Int32 = 0) throws -> OutputDigest {
        var hash = PlainHash()
        hash.update(Array(output.utf8)[...])
        hash.update(OutputDigest.ending(status: status)[...])
        return try #require(OutputDigest(hash.hex()))
    }

    @Test("An outcome with the digest that was sent stays where it is; any other is sent", arguments: shells)
    func probes(shell: String) async throws {
        let plan = CollectionPlan(collectors: [Talking.self])
        var known = CollectionPlan.KnownOutcomes()
        known.probes = [0: try digest("a\nb\n"), 1: try digest("a\n"), 2: try digest("a\n")]
        let (results, _) = try await run(plan, known, shell: shell)
        let captures = try #require(results.captures["talking"]).byProbe
        #expect(results.isComplete)
        #expect(captures["words"] == Capture(outcome: .unchanged))
        #expect(
            captures["complaining"]
                == Capture(outcome: .exited(0), output: Array("a\n".utf8), errors: Array("b\n".utf8)))
        #expect(captures["failing"] == Capture(outcome: .exited(3), output: Array("a\n".utf8)))
        #expect(captures["unasked"] == Capture(outcome: .exited(0), output: Array("a\n".utf8)))
        known.probes = [0: try digest("a\nb"), 2: try digest("a\n", status: 3)]
        let (others, _) = try await run(plan, known, shell: shell)
        #expect(others.captures["talking"]?.byProbe["words"]?.lines == ["a", "b"])
        // A status is part of the outcome; the backup asks for good ones only.
        #expect(others.captures["talking"]?.byProbe["failing"]?.outcome == .unchanged)
    }

    @Test("A device that was not asked cannot say that something is the same")
    func unasked() async throws {
        let plan = CollectionPlan(collectors: [Talking.self])
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: Listener())
        let lines = ["H 1 0 root", "S 0", "E same", "Z"].map { "\n\(boundary.text) \($0)\n" }.joined()
        _ = try await reader.receive(Array(lines.utf8), from: .standardOutput)
        let results = await reader.results()
        #expect(results.captures["talking"]?.byProbe["words"]?.outcome == .lost)
    }

    /// What a reader makes of a listing that the device was asked for with a digest, and how it ended; nil for not at all.
    private func listing(
        _ text: String, status: Int32? = nil
    ) async throws -> (results: CollectionResults, keeps: Bool, reply: ShellReply) {
        let plan = CollectionPlan(collectors: [Configured.self], lists: .everything)
        var known = CollectionPlan.KnownOutcomes()
        known.listing = try digest("")
        let (boundary, sink) = (FrameBoundary(), Listener())
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: sink, known: known)
        func mark(_ text: String) -> [UInt8] { Array("\n\(boundary.text) \(text)\n".utf8) }
        let end = status.map { mark("E \($0)") } ?? []
        let reply = try await reader.receive(
            mark("H 1 0 root") + mark("S 0") + Array(text.utf8) + end, from: .standardOutput)
        return (await reader.results(), sink.state.withLock { $0.keeps }, reply)
    }

    @Test("Files are asked for in the order in which tar comes across them")
    func order() async throws {
        let names = ["e", "a-e", "a.d/x", "a/z", "a/e/c", "a", "a/e"]
        let text = names.map { "1 f 644 0 0 1 1.000000000 1.000000000 ./etc/\($0)\0" }.joined()
        let reply = try await listing("@1000\0\(text)=\0", status: 0).reply
        let expected = ["a", "a/e", "a/e/c", "a/z", "a-e", "a.d/x", "e"].map { "./etc/\($0)\0" }.joined()
        #expect(reply == .send(Array(expected.utf8), closes: true))
    }

    @Test("A listing says that nothing changed only when it has come to its end")
    func cutOff() async throws {
        let whole = try await listing("@1000\0~\0=\0", status: 10)
        #expect(whole.keeps && whole.results.listing?.isKnown == true)
        let cut = try await listing("@1000\0~\0=\0")
        #expect(!cut.keeps && cut.results.listing?.isKnown == false)
        #expect(cut.results.streams.first?.outcome == .lost)
    }

    @Test(
        "What of a listing cannot be read is told",
        arguments: [("@1000\0=\0", true), ("@1000\0what is this\0=\0", false), ("@1000\0=\0 0 f", false)])
    func unreadable(text: String, isWhole: Bool) async throws {
        let streams = try await listing(text, status: 0).results.streams
        #expect(streams.map(\.role) == [.listing, .selected])
        #expect((streams.first?.failure == nil) == isWhole)
    }

    /// A configuration of its own below a folder that lives as long as the process.
    private enum Configured: Collector {
        private static let folder = try? ScratchFolder()
        static let root = folder?.path ?? "/nonexistent"
        static let name = "configured"
        static let summary = "Files of a test"
        static let files = FileSet(
            ["\(root)/conf", "\(root)/*.d"], excludes: ["*/left-out"],
            discovery: "printf '%s\\n' '\(root)/found' '\(root)/conf/a' '\(root)/gone'", overlap: root)
    }

    @Test(
        "Files are listed once each with what asked for them, and what is selected is sent", .serialized,
        arguments: shells
    )
    func listing(shell: String) async throws {
        let root = Configured.root
        try Shell.run(
            """
            mkdir -p '\(root)/conf' '\(root)/x.d' && cd '\(root)' && echo a >conf/a && echo b >conf/b
            echo c >conf/left-out && echo d >x.d/d && echo found >found && ln -sf a conf/link
            touch -d '+1 hour' conf/b
            """)
        let plan = CollectionPlan(collectors: [Configured.self], lists: .everything)
        let (results, state) = try await run(plan, CollectionPlan.KnownOutcomes(), shell: shell)
        guard !shell.hasPrefix("busybox") else {
            // Its own find and tar cannot do this: everything is sent, as the sections ask for it.
            #expect(state.listed.isEmpty && results.listing == nil)
            #expect(results.streams.map(\.role) == [.files, .discovered(collector: 0)])
            return
        }
        func name(_ path: [UInt8]) -> String {
            String(decoding: path.dropFirst(root.utf8.count), as: UTF8.self)
        }
        let listed = state.listed.map { "\($0.source) \(name($0.path))" }.sorted()
        #expect(
            listed == [
                "0 /conf", "0 /conf/a", "0 /conf/b", "0 /conf/link", "0 /x.d", "0 /x.d/d", "1 /found",
            ])
        let sent = state.entries.compactMap { BackupPath.absolute($0.path) }.map(name).sorted()
        #expect(sent == ["/conf", "/conf/a", "/conf/link", "/found", "/x.d", "/x.d/d"])
        #expect(results.isComplete && results.streams.map(\.role) == [.listing, .selected])
        #expect(results.streams.allSatisfy { $0.outcome == .exited(0) && $0.issues.isEmpty })
        #expect(
            results.listing?.isKnown == false && results.listing?.digest == nil, "a file’s time is unsettled")
    }
}

/// Names of members as absolute paths.
private enum BackupPath {
    static func absolute(_ path: [UInt8]) -> [UInt8]? {
        let plain = path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
        return plain.first == UInt8(ascii: ".") ? Array(plain.dropFirst()) : nil
    }
}
