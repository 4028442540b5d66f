import Basics
import CSystem
import Glibc

/// A program to run and to measure.
struct Command: Sendable {
    /// The program's path first.
    var arguments: [String]
    /// Set on top of this process's own environment.
    var environment: [String: String] = [:]
    var input = "/dev/null"
    /// A file that is written anew; nil for this process's own output.
    var output: String? = "/dev/null"
    /// A file that is appended to; nil for this process's own.
    var errors: String? = "/dev/null"
    /// Exit statuses that are no failure.
    var accepted: [Int32] = [0]

    /// A command that failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A program that is looked for in the search path.
    static func program(_ name: String, _ arguments: [String]) -> Command {
        Command(arguments: ["/usr/bin/env", name] + arguments)
    }

    /// Text for the shell.
    static func shell(_ text: String) -> Command { Command(arguments: ["/bin/sh", "-c", text]) }

    /// Whether there is a program of this name.
    static func isInstalled(_ program: String) -> Bool {
        (try? shell("command -v '\(program)'").run()) != nil
    }

    /// Whether Python has a module of this name.
    static func isInstalledInPython(_ module: String) -> Bool {
        (try? program("python3", ["-c", "import \(module)"]).run()) != nil
    }

    /// Runs it to its end.
    /// - Returns: what it cost, with what its own children cost as far as it waited for them.
    @discardableResult
    func run() throws -> Cost {
        let (cost, status) = try runAny()
        guard accepted.contains(status) else {
            throw Failure(description: "status \(status): \(arguments.joined(separator: " "))")
        }
        return cost
    }

    /// Runs it to its end, whatever its status; minus the signal's number when a signal ended it.
    func runAny() throws -> (cost: Cost, status: Int32) {
        let start = Cost.monotonic()
        let pid = try spawn()
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw SystemError("wait4", arguments[0]) }
        }
        let exit = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        return (Cost(wall: Cost.monotonic() - start, usage: usage), exit)
    }

    /// Runs it and gives its output.
    func text() throws -> String {
        var command = self
        let file = ScratchFile.path("output")
        command.output = file
        try command.run()
        return try ScratchFile.take(file)
    }

    private func spawn() throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let making = O_WRONLY | O_CREAT
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        if let output {
            unsafe posix_spawn_file_actions_addopen(&actions, 1, output, making | O_TRUNC, 0o600)
        }
        if let errors {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, making | O_APPEND, 0o600)
        }
        unsafe holdfast_spawn_close_from(&actions, 3)
        let all = ProcessEnvironment.all.merging(environment) { _, new in new }
        let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let variables = unsafe all.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var pid = pid_t()
        let code = unsafe posix_spawn(&pid, arguments[0], &actions, nil, words, variables)
        guard code == 0 else { throw SystemError("posix_spawn", arguments[0], code: code) }
        return pid
    }
}

/// What one run of something cost.
struct Cost: Sendable {
    /// Seconds.
    var wall: Double
    /// Seconds of processor time.
    var cpu: Double
    /// The largest resident size, in bytes; never less than this process's own when it started the command.
    var memory: Int64

    init(wall: Double, cpu: Double, memory: Int64 = 0) {
        self.wall = wall
        self.cpu = cpu
        self.memory = memory
    }

    init(wall: Double, usage: rusage) {
        self.init(wall: wall, cpu: Self.seconds(usage), memory: Int64(usage.ru_maxrss) * 1024)
    }

    /// Runs `body` in this process and measures it.
    static func of<Result>(_ body: () async throws -> Result) async rethrows -> (Cost, Result) {
        let wall = monotonic()
        let cpu = ownProcessorTime()
        let result = try await body()
        return (Cost(wall: monotonic() - wall, cpu: ownProcessorTime() - cpu), result)
    }

    /// Seconds of a clock that never jumps.
    static func monotonic() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func ownProcessorTime() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage)
    }

    private static func seconds(_ usage: rusage) -> Double {
        let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micros) / 1e6
    }
}
