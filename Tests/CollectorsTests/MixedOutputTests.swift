import Basics
import Codecs
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@testable import Collectors

/// Stops in the middle of its output until somebody else has written.
private enum Interrupted: Collector {
    private static let folder = try? ScratchFolder()
    static let root = folder?.path ?? "/nonexistent"
    static let name = "interrupted"
    static let summary = "Words with a pause"
    static let probes = [
        Probe("before", script: "echo a"),
        Probe("meanwhile", timeLimit: 200, script: "echo b; read x <\(root)/gone; echo c"),
        Probe("zeros", script: "printf 'a\\000b\\n\\000'"),
        Probe("after", script: "echo d"),
    ]
    static let files = FileSet(["/etc/hosts"])
}

private final class Files: FileSink {
    let events = Mutex<[TarDecoder.Event]>([])

    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {
        self.events.withLock { $0 += events }
    }
}

/// Passes on what comes, and lets the noise begin once the middle of the output has come here.
private final class Onlooker: ShellConsumer {
    private let reader: CollectionReader
    private let seen = Mutex<[UInt8]>([])

    init(_ reader: CollectionReader) { self.reader = reader }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        let isThere = seen.withLock { seen in
            seen += bytes
            return seen.contains(Array(" S 1\nb\n".utf8))
        }
        if isThere { try Shell.run(": >'\(Interrupted.root)/go'") }
        return try await reader.receive(bytes, from: stream)
    }
}

@Suite("Output that somebody else wrote into", .serialized, .timeLimit(.minutes(5)))
struct MixedOutputTests {
    private let plan = CollectionPlan(collectors: [Interrupted.self])

    @Test(
        "What a login script writes from the background costs the probe it falls into, and no other",
        arguments: ["NOISE\\n", "x:0\\000\\ny\\n", "\\000", "a\\000"])
    func probe(noise: String) async throws {
        let (boundary, root) = (FrameBoundary(), Interrupted.root)
        try Shell.run("rm -f '\(root)'/*; mkfifo '\(root)/gone'")
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: Files())
        let login =
            "( until [ -e \(root)/go ]; do sleep 0.1; done; printf '\(noise)'; echo >\(root)/gone ) & exec /bin/sh"
        let job = ShellJob(command: login, input: plan.script(boundary: boundary))
        _ = try await LocalTransport().run(
            job, on: .local(added: Timestamp(seconds: 0)), into: Onlooker(reader))
        let results = await reader.results()
        let captures = try #require(results.captures["interrupted"])
        #expect(results.isComplete)
        let mixed = captures.byProbe.filter { $0.value.outcome == .mixed }
        #expect(mixed.count == 1 && mixed.values.allSatisfy { $0 == Capture(outcome: .mixed) })
        let printed = ["before": "a\n", "meanwhile": "b\nc\n", "zeros": "a\0b\n\0", "after": "d\n"]
        for (probe, capture) in captures.byProbe where capture.outcome != .mixed {
            #expect(capture == Capture(outcome: .exited(0), output: Array((printed[probe] ?? "?").utf8)))
        }
        let verdict = SectionVerdict(probes: Interrupted.probes, captures: captures, user: "root")
        #expect(verdict.status == .partial || verdict.status == .failed)
        #expect(
            verdict.reason
                == "something that the account's login started wrote into the output of \(mixed.keys.first ?? "")"
        )
    }

    /// What a reader makes of a stream of files into which `noise` came at `offset`.
    private func files(_ noise: String, at offset: Int) async throws -> FileStreamResult {
        let tar = try Shell.output("tar -c -f - -C / --format=ustar ./etc/hosts")
        let (boundary, step) = (FrameBoundary(), Interrupted.probes.count)
        func mark(_ text: String) -> [UInt8] { Array("\n\(boundary.text) \(text)\n".utf8) }
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: Files())
        let stream = tar[..<offset] + Array(noise.utf8) + tar[offset...]
        _ = try await reader.receive(
            mark("H 1 0 root") + mark("S \(step)") + stream + mark("E 0") + mark("Z"), from: .standardOutput)
        return try #require(await reader.results().streams.first)
    }

    @Test("Among files it shows wherever it falls", arguments: ["x", "NOISE\n"], [0, 100, 512, 514, 1030])
    func stream(noise: String, offset: Int) async throws {
        #expect(try await files("", at: offset).failure == nil)
        #expect(try await files(noise, at: offset).failure != nil)
    }

    @Test(
        "A count fits the output that was counted, whoever counted it",
        arguments: [
            ("a\0b\nc\n", 6, true), ("a\0b\nc\n", 3, true), ("a\0b\nc\n", 2, false), ("abc", 3, true),
            ("abc", 2, false),
            ("", 0, true), ("", nil, false), ("a\0", nil, true), ("a\0\nb", nil, false), ("a", nil, false),
        ] as [(String, Int?, Bool)])
    func counts(output: String, printed: Int?, fits: Bool) {
        #expect(ByteCounting.fits(Array(output.utf8), printed: printed) == fits)
    }
}
