import Basics
import LocalExecution
import RemoteExecution
import TestSupport
import Testing

/// A shell of this machine that runs a probe's text with stand-ins for the tools it asks.
struct StubbedShell: Sendable, CustomTestStringConvertible {
    /// How the shell is called, for example `busybox sh`.
    let words: String

    /// Every POSIX shell that is installed here; BusyBox with its own applets first.
    static let installed: [StubbedShell] = [
        "/bin/dash", "/bin/bash --posix", "/bin/busybox sh", "/usr/bin/busybox sh",
    ]
    .filter { TestFiles.bytes(at: $0.split(separator: " ").first.map(String.init) ?? "") != nil }
    .map { StubbedShell(words: $0) }

    var testDescription: String { words }

    /// What a run printed and how it ended.
    struct Outcome: Sendable {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var status: Int32?
        var lines: [String] { DeviceText.lines(output) }
    }

    /// Runs `script` in `folder`, whose `bin` is searched first; `hf_root` runs its words as they are.
    /// - Throws: what the transport throws; cancelling ends the shell.
    func run(_ script: String, in folder: String) async throws -> Outcome {
        let text = """
            cd '\(folder)' || exit 99
            PATH='\(folder)/bin':$PATH DOCKER_HOST=unix:///nowhere
            export PATH DOCKER_HOST
            hf_root() { "$@"; }
            \(script)
            """
        let job = ShellJob(command: "exec \(words) -c \"$(cat)\" </dev/null", input: Array(text.utf8))
        let sink = Sink()
        let exit = try await LocalTransport().run(job, on: .local(added: Timestamp(seconds: 0)), into: sink)
        var outcome = await sink.outcome
        outcome.status = exit.status
        return outcome
    }

    private actor Sink: ShellConsumer {
        var outcome = Outcome()

        func receive(_ bytes: [UInt8], from stream: OutputStreamKind) -> ShellReply {
            if stream == .standardOutput { outcome.output += bytes } else { outcome.errors += bytes }
            return .proceed
        }
    }
}
