import Basics
import Glibc

/// The built program, serving a home until a test ends it.
package final class ServedHome: Sendable {
    /// The process.
    package let run: HoldfastRun
    /// Where it serves, as it said.
    package let places: String

    /// Starts to serve and waits until it says where; on a free port unless arguments say something else.
    package init(_ home: HoldfastHome, _ arguments: String...) async throws {
        let isPlaced = arguments.contains("--listen") || arguments.contains("--socket")
        run = try home.start(["serve"] + (isPlaced ? [] : ["--listen", "127.0.0.1:0"]) + arguments)
        let start = ContinuousClock.now
        let mark = "holdfast: serving on "
        while true {
            let lines = run.errorsSoFar.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { $0.hasPrefix(mark) }) {
                places = String(line.dropFirst(mark.count))
                return
            }
            guard ContinuousClock.now - start < .seconds(60) else {
                run.signal(SIGKILL)
                throw HoldfastHome.Unexpected(description: await run.outcome(within: .seconds(5)).story)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The port it serves on; nil for a socket alone.
    package var port: Int? {
        places.split(separator: ", ").compactMap { Int($0.split(separator: ":").last ?? "") }.first
    }

    /// The path of its socket; nil where there is none.
    package var socket: String? {
        places.split(separator: ", ").first { $0.hasPrefix("unix:") }.map { String($0.dropFirst(5)) }
    }

    /// What curl gets: the status, a blank and the body.
    package func curl(_ path: String, _ more: String...) async throws -> String {
        let words = more.joined(separator: " ")
        let command = "curl -sS -o - -w '\\n%{http_code}' \(words) 'http://127.0.0.1:\(port ?? 0)\(path)'"
        let text = try await BlockingCall.run { String(decoding: try Shell.output(command), as: UTF8.self) }
        let end = text.lastIndex(of: "\n") ?? text.startIndex
        return "\(text[end...].dropFirst()) \(text[..<end])"
    }

    /// Ends it in order.
    package func end(by signal: CInt = SIGTERM) async -> HoldfastRun.Outcome {
        run.signal(signal)
        return await run.outcome(within: .seconds(60))
    }
}
