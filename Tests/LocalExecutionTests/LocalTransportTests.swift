import Basics
import Glibc
import RemoteExecution
import TestSupport
import Testing

@testable import LocalExecution

/// Keeps what it is given, and answers with what was set up.
private actor Listener: ShellConsumer {
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    private let reply: @Sendable ([UInt8]) throws -> ShellReply

    init(_ reply: @escaping @Sendable ([UInt8]) throws -> ShellReply = { _ in .proceed }) {
        self.reply = reply
    }

    var text: String { String(decoding: output, as: UTF8.self) }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        guard stream == .standardOutput else {
            errors += bytes
            return .proceed
        }
        output += bytes
        return try reply(output)
    }
}

private struct Refusal: Error {}

@Suite(.timeLimit(.minutes(1))) struct LocalTransportTests {
    private let device = Device.local(added: Timestamp(seconds: 0))

    private func run(
        _ script: String, into listener: Listener, keepsInputOpen: Bool = false,
        limits: ShellJob.Limits = ShellJob.Limits()
    ) async throws(ShellError) -> ShellExit {
        let job = ShellJob(input: Array(script.utf8), keepsInputOpen: keepsInputOpen, limits: limits)
        return try await LocalTransport().run(job, on: device, into: listener)
    }

    private func failure(
        _ script: String, into listener: Listener = Listener(), limits: ShellJob.Limits = ShellJob.Limits()
    ) async -> ShellError.Code? {
        do throws(ShellError) {
            _ = try await run(script, into: listener, limits: limits)
            return nil
        } catch { return error.code }
    }

    @Test func `both streams arrive apart, with the exit status`() async throws {
        let listener = Listener()
        let exit = try await run("printf out; printf err >&2; exit 7\n", into: listener)
        #expect(exit.status == 7 && exit.received == 6)
        #expect(await listener.output == Array("out".utf8))
        #expect(await listener.errors == Array("err".utf8))
    }

    @Test func `every byte arrives, and as many as there are`() async throws {
        let listener = Listener()
        let script = "printf '\\000\\377\\n'; head -c 3000000 /dev/zero\n"
        let exit = try await run(script, into: listener)
        #expect(exit.status == 0)
        let output = await listener.output
        #expect(output.count == 3_000_003 && Array(output.prefix(3)) == [0x00, 0xFF, 0x0A])
    }

    @Test func `a signal that ended the shell is named`() async throws {
        let exit = try await run("kill -KILL $$\n", into: Listener())
        #expect(exit.status == nil && exit.signal == "KILL")
    }

    @Test func `the answer of the consumer reaches standard input`() async throws {
        let listener = Listener {
            $0 == Array("ask\n".utf8) ? .send(Array("it\n".utf8), closes: true) : .proceed
        }
        let script = "echo ask; read -r answer; echo \"got $answer\"; cat; exit 0\n"
        let exit = try await run(script, into: listener, keepsInputOpen: true)
        #expect(exit.status == 0)
        #expect(await listener.text == "ask\ngot it\n")
    }

    @Test func `a consumer that has enough ends the run, and nothing is left running`() async throws {
        let listener = Listener { $0.contains(0x0A) ? .finish : .proceed }
        let exit = try await run("echo $$; sleep 1000 & sleep 1000\n", into: listener)
        #expect(exit.status == nil && exit.signal == nil)
        let group = try #require(Int32(await listener.text.prefix { $0.isNumber }))
        #expect(try await isGone(group))
    }

    @Test func `a consumer that fails ends the run with its error`() async {
        #expect(await failure("echo x; sleep 1000\n", into: Listener { _ in throw Refusal() }) == .consumer)
    }

    @Test(arguments: [
        (ShellJob.Limits(idle: .milliseconds(200)), "sleep 1000\n", ShellError.Code.timedOut),
        (ShellJob.Limits(total: .milliseconds(300)), "while :; do echo x; sleep 0.05; done\n", .timedOut),
        (ShellJob.Limits(output: 100_000), "yes\n", .outputLimit),
    ]) func `limits end the run`(_ limits: ShellJob.Limits, _ script: String, _ code: ShellError.Code) async {
        #expect(await failure(script, limits: limits) == code)
    }

    @Test func `cancelling ends the run and all it started`() async throws {
        let listener = Listener()
        let task = Task { await failure("echo $$; sleep 1000 & sleep 1000\n", into: listener) }
        while await listener.output.isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
        let group = try #require(Int32(await listener.text.prefix { $0.isNumber }))
        #expect(try await isGone(group))
    }

    @Test func `what a script starts gets the usual signals`() async throws {
        let listener = Listener()
        _ = try await run("grep SigIgn /proc/self/status; grep SigBlk /proc/self/status\n", into: listener)
        let masks = await listener.text.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        try #require(masks.count == 2)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] {
            #expect(masks.allSatisfy { $0 & (1 << UInt64(signal - 1)) == 0 }, "signal \(signal)")
        }
    }

    @Test func `no descriptor of ours reaches a script`() async throws {
        let listener = Listener()
        _ = try await run("ls /proc/self/fd | wc -l\n", into: listener)
        // The three streams, and the folder that ls reads.
        #expect(await listener.text.filter(\.isNumber) == "4")
    }

    /// Whether nothing of the process group runs; what was killed and waits to be reaped does not.
    private func isGone(_ group: Int32) async throws -> Bool {
        for _ in 0..<1000 {
            let listing = try Shell.output("ps -eo pgid=,stat=")
            let states = String(decoding: listing, as: UTF8.self).split(separator: "\n").map {
                $0.split(separator: " ")
            }
            if !states.contains(where: { $0.first == "\(group)" && $0.last?.first != "Z" }) { return true }
            await Task.yield()
        }
        return false
    }
}
