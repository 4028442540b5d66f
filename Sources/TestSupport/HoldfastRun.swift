package import Basics
import Dispatch
package import Glibc

/// One run of the built program: a process of its own, with its output in files.
package final class HoldfastRun: Sendable {
    /// How a run ended.
    package struct Outcome: Sendable {
        /// The arguments, for messages.
        package let arguments: [String]
        /// The exit status; 128 and the signal's number when a signal ended it.
        package let status: Int
        package let output: [UInt8]
        package let errors: [UInt8]
        /// Whether it had to be killed because its time was over.
        package let isTimedOut: Bool
        package let elapsed: Duration

        /// Standard output as text.
        package var text: String { String(decoding: output, as: UTF8.self) }
        /// Standard error as text.
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
        /// What both streams say, for the message of a failed expectation.
        package var story: String {
            "holdfast \(arguments.joined(separator: " "))\nstatus \(status)\(isTimedOut ? ", timed out" : "")"
                + "\n--- output\n\(text.prefix(8000))\n--- errors\n\(errorText.prefix(8000))"
        }

        /// Standard output as one JSON document.
        /// - Throws: when it is none.
        package func json() throws -> JSONValue { try JSONParser.parse(output) }
    }

    /// The id of the process.
    package let process: pid_t
    private let folder: ScratchFolder
    private let arguments: [String]
    private let start = ContinuousClock.now

    init(_ program: [String], _ arguments: [String], environment: [String: String]) throws {
        folder = try ScratchFolder()
        self.arguments = arguments
        process = try SSHServerProcess.start(
            program + arguments, environment: environment.map { "\($0.key)=\($0.value)" },
            output: folder.path + "/output", errors: folder.path + "/errors")
    }

    /// Sends a signal to the process.
    package func signal(_ number: CInt) { kill(process, number) }

    /// What it has written to standard error so far.
    package var errorsSoFar: String { SSHServerFolder.text(at: folder.path + "/errors") }

    /// Waits for the end, which is brought about by `SIGKILL` after `limit`; call it exactly once.
    package func outcome(within limit: Duration) async -> Outcome {
        let (status, isTimedOut) = await withCheckedContinuation { continuation in
            DispatchQueue(label: "holdfast.run").async { [process, start] in
                continuation.resume(returning: Self.wait(for: process, until: start + limit))
            }
        }
        return Outcome(
            arguments: arguments, status: status, output: TestFiles.bytes(at: folder.path + "/output") ?? [],
            errors: TestFiles.bytes(at: folder.path + "/errors") ?? [], isTimedOut: isTimedOut,
            elapsed: ContinuousClock.now - start)
    }

    private static func wait(for process: pid_t, until deadline: ContinuousClock.Instant) -> (Int, Bool) {
        var status: CInt = 0
        var isTimedOut = false
        while true {
            let result = unsafe waitpid(process, &status, WNOHANG)
            if result == process { break }
            if result < 0, errno != EINTR { return (-1, isTimedOut) }
            if !isTimedOut, ContinuousClock.now > deadline {
                isTimedOut = true
                kill(process, SIGKILL)
            }
            usleep(5000)
        }
        let signal = Int(status & 0x7F)
        return (signal == 0 ? Int(status >> 8 & 0xFF) : 128 + signal, isTimedOut)
    }
}
