import Basics
import Glibc

/// Something whose cost is measured.
protocol Benchmark: Sendable {
    /// The name on the command line and in the output.
    static var name: String { get }
    /// Measures, and prints each figure with `Measurement.report`.
    static func run() async throws
}

/// Cost of one step: wall time and processor time, of this process and of the commands it ran.
struct Measurement: Sendable {
    /// Seconds.
    var wall: Double
    var cpu: Double

    /// Runs `body` and measures it.
    static func of<Result>(_ body: () async throws -> Result) async rethrows -> (Measurement, Result) {
        let wall = monotonic()
        let cpu = processorTime()
        let result = try await body()
        return (Measurement(wall: monotonic() - wall, cpu: processorTime() - cpu), result)
    }

    /// Prints one line of JSON.
    static func report(
        _ benchmark: String, _ step: String, _ who: String, _ measurement: Measurement? = nil,
        _ more: [String: JSONValue] = [:]
    ) {
        var members: [String: JSONValue] = [
            "benchmark": .string(benchmark), "step": .string(step), "who": .string(who),
        ]
        if let measurement {
            members["wall_s"] = .double((measurement.wall * 10_000).rounded() / 10_000)
            members["cpu_s"] = .double((measurement.cpu * 10_000).rounded() / 10_000)
        }
        members.merge(more) { _, new in new }
        print(JSONWriter.text(.object(members)))
    }

    private static func monotonic() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func processorTime() -> Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].map { Int32($0.rawValue) }.reduce(0) { sum, who in
            var usage = rusage()
            unsafe getrusage(__rusage_who_t(who), &usage)
            let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
            return sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micros) / 1e6
        }
    }
}

/// Runs a peer's commands.
enum Peer {
    /// A command that failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether there is a program of this name.
    static func isInstalled(_ program: String) -> Bool { (try? run("command -v \(program)")) != nil }

    /// Runs a shell command.
    /// - Returns: its standard output.
    @discardableResult
    static func run(_ command: String) throws -> String {
        guard let stream = unsafe popen(command, "r") else { throw SystemError("popen") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { break }
            output += buffer[..<count]
        }
        let status = unsafe pclose(stream)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else { throw Failure(description: "status \(status): \(command)\n\(text)") }
        return text
    }
}
