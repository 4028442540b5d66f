import Basics
import Glibc
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

/// Keeps what arrives, and answers as told.
private final class Recorder: ShellConsumer {
    struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var pieces = 0
    }

    let state = Mutex(State())
    private let answer: @Sendable (State) throws -> ShellReply

    init(_ answer: @escaping @Sendable (State) throws -> ShellReply = { _ in .proceed }) {
        self.answer = answer
    }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        let state = state.withLock { state in
            if stream == .standardOutput { state.output += bytes } else { state.errors += bytes }
            state.pieces += 1
            return state
        }
        return try answer(state)
    }

    var text: String { String(decoding: state.withLock(\.output), as: UTF8.self) }
}

@Suite("Scripts on this machine", .timeLimit(.minutes(5)))
struct LocalTransportTests {
    private let device = Device.local(added: Timestamp(seconds: 0))

    private func run(
        _ script: String, _ recorder: Recorder = Recorder(), keepsInputOpen: Bool = false,
        limits: ShellJob.Limits = ShellJob.Limits()
    ) async throws(ShellError) -> ShellExit {
        let job = ShellJob(input: Array(script.utf8), keepsInputOpen: keepsInputOpen, limits: limits)
        return try await LocalTransport().run(job, on: device, into: recorder)
    }

    @Test("Both streams, the exit status and the signal come back")
    func endings() async throws {
        let recorder = Recorder()
        let exit = try await run("echo out; echo err >&2; exit 7\n", recorder)
        #expect(exit.status == 7 && exit.signal == nil && exit.received == 8)
        #expect(recorder.text == "out\n" && recorder.state.withLock(\.errors) == Array("err\n".utf8))
        let killed = try await run("kill -KILL $$\n")
        #expect(killed.status == nil && killed.signal == "KILL")
    }

    /// Gives pieces, one at each call.
    private final class Pieces: ShellSource {
        private let pieces: Mutex<[String]>

        init(_ pieces: [String]) { self.pieces = Mutex(pieces) }

        func next() async throws -> [UInt8]? {
            try await Task.sleep(for: .milliseconds(1))
            return pieces.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) }
        }
    }

    @Test("What is worked out later follows what was at hand, and standard input then ends or stays open")
    func rest() async throws {
        let recorder = Recorder()
        let pieces = Pieces(["echo two; ", "echo three; ec", "ho four\n"])
        let job = ShellJob(input: Array("echo one\n".utf8), rest: pieces)
        #expect(try await LocalTransport().run(job, on: device, into: recorder).status == 0)
        #expect(recorder.text == "one\ntwo\nthree\nfour\n")
        let open = Recorder { state in
            state.output == Array("ready\n".utf8) ? .send(Array("more\n".utf8), closes: true) : .proceed
        }
        let talk = ShellJob(input: [], rest: Pieces(["echo ready; cat\n"]), keepsInputOpen: true)
        _ = try await LocalTransport().run(talk, on: device, into: open)
        #expect(open.text == "ready\nmore\n")
        let failing = ShellJob(input: [], rest: FailingSource())
        await #expect { _ = try await LocalTransport().run(failing, on: device, into: Recorder()) } throws: {
            ($0 as? ShellError)?.code == .consumer
        }
    }

    private final class FailingSource: ShellSource {
        struct Failure: Error {}
        func next() async throws -> [UInt8]? { throw Failure() }
    }

    @Test("A large output arrives whole")
    func large() async throws {
        let recorder = Recorder()
        _ = try await run("head -c 20000000 /dev/zero\n", recorder)
        #expect(recorder.state.withLock { $0.output.count } == 20_000_000)
    }

    @Test("What the consumer sends reaches the script, after which its input ends")
    func secondInput() async throws {
        let recorder = Recorder { state in
            state.output == Array("ready\n".utf8) ? .send(Array("one\ntwo\n".utf8), closes: true) : .proceed
        }
        let exit = try await run("f() { echo ready; cat; exit 3; }\nf\n", recorder, keepsInputOpen: true)
        #expect(recorder.text == "ready\none\ntwo\n" && exit.status == 3)
    }

    private final class Three: ShellSource {
        let left = Mutex(3)

        func next() async throws -> [UInt8]? {
            left.withLock { left in
                left -= 1
                return left < 0 ? nil : [UInt8](repeating: 0x61, count: 300_000)
            }
        }
    }

    @Test("A source may leave the script's input open for what comes after it")
    func sourceAndMore() async throws {
        let three = Three()
        let recorder = Recorder { seen in
            switch String(decoding: seen.output, as: UTF8.self) {
            case "ready\n": .stream(three, closes: false)
            case "ready\n900000\n": .send(Array("more\n".utf8), closes: true)
            default: .proceed
            }
        }
        let exit = try await run(
            "f() { echo ready; head -c 900000 | wc -c; cat; }\nf\n", recorder, keepsInputOpen: true)
        #expect(recorder.text == "ready\n900000\nmore\n" && exit.status == 0)
    }

    @Test("A source is asked until it ends, and so does the script's input")
    func source() async throws {
        let three = Three()
        let recorder = Recorder { $0.output == Array("ready\n".utf8) ? .stream(three) : .proceed }
        let exit = try await run("f() { echo ready; wc -c; }\nf\n", recorder, keepsInputOpen: true)
        #expect(recorder.text == "ready\n900000\n" && exit.status == 0)
    }

    @Test("A consumer that has all it wants ends the run at once")
    func finish() async throws {
        // Were it not ended, the suite's time would be over first.
        let exit = try await run("echo enough; sleep 3600\n", Recorder { _ in .finish })
        #expect(exit.status == nil)
    }

    @Test("Each limit ends a run with its own error")
    func limits() async {
        let cases: [(String, ShellJob.Limits, ShellError.Code)] = [
            ("sleep 60\n", ShellJob.Limits(idle: .seconds(1)), .timedOut),
            ("while :; do echo x; sleep 1; done\n", ShellJob.Limits(total: .seconds(2)), .timedOut),
            ("yes\n", ShellJob.Limits(output: 1_000_000), .outputLimit),
        ]
        for (script, limits, code) in cases {
            await #expect("\(script)") { try await run(script, limits: limits) } throws: {
                ($0 as? ShellError)?.code == code
            }
        }
    }

    @Test("A consumer's error reaches the caller and ends the script")
    func consumerError() async {
        struct Trouble: Error {}
        await #expect { try await run("echo x; sleep 60\n", Recorder { _ in throw Trouble() }) } throws: {
            ($0 as? ShellError)?.code == .consumer
        }
    }

    @Test("Cancelling the task ends the script")
    func cancellation() async {
        let started = Recorder()
        let task = Task { try await run("echo started; sleep 60\n", started) }
        while started.text.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let result = await task.result
        #expect(throws: ShellError(.cancelled, "The run was cancelled")) { try result.get() }
    }

    @Test("Cancelling ends a step as well that runs under a limit and floods")
    func cancelledFlood() async {
        let started = Recorder()
        let task = Task { try await run("timeout 600 yes\n", started) }
        while started.text.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let result = await task.result
        #expect(throws: ShellError(.cancelled, "The run was cancelled")) { try result.get() }
    }

    @Test("A step that clears away after itself can do so when the run is cancelled")
    func cancelledStep() async throws {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        let mark = folder.path + "/cleared"
        let step = """
            \(ShellTrap.clearing(": >\(mark)"))
            echo started
            while :; do sleep 0.1; done
            """
        let script = "timeout 600 sh -c \(ShellQuoting.word(step))\n"
        let started = Recorder()
        let task = Task { try await run(script, started) }
        while started.text.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        _ = await task.result
        while try Folder.item(mark) == nil {
            try Task.checkCancellation()
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("The script inherits no open file of the program")
    func descriptors() async throws {
        let recorder = Recorder()
        _ = try await run("ls /proc/$$/fd | wc -l\n", recorder)
        #expect((Int(recorder.text.filter(\.isNumber)) ?? .max) <= 5)
    }

    @Test("What a script starts gets the usual signals, whatever the program itself does with them")
    func signals() async throws {
        let recorder = Recorder()
        _ = try await run("grep -E 'Sig(Ign|Blk)' /proc/self/status\n", recorder)
        let masks = recorder.text.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        try #require(masks.count == 2)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] {
            #expect(masks.allSatisfy { $0 & (1 << UInt64(signal - 1)) == 0 }, "signal \(signal)")
        }
    }

    @Test("This machine has no host key")
    func hostKey() async {
        await #expect {
            try await LocalTransport().hostKey(of: SSHTarget(host: "x"), within: .seconds(1))
        } throws: {
            ($0 as? ShellError)?.code == .configuration
        }
    }
}
