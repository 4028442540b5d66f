import Basics
import CSystem
import Glibc
import RemoteExecution

/// A running child process with pipes to its three standard streams.
///
/// A plain value of numbers: whoever holds it decides on which queue the blocking calls below run.
struct LocalProcess: Sendable {
    let pid: pid_t
    let input: Int32
    let output: Int32
    let errors: Int32

    /// What the script may print ahead of its reader, in bytes: what anybody may set.
    private static let outputRoom: Int32 = 1 << 20

    /// Starts `/bin/sh -c command` in a session of its own; no other descriptor is inherited.
    init(command: String) throws(SystemError) {
        var pipes: [Int32] = []
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard unsafe holdfast_pipe2(&pair, O_CLOEXEC) == 0 else {
                let error = SystemError("pipe2")
                pipes.forEach { close($0) }
                throw error
            }
            pipes += pair
        }
        let child = ProcessLaunch.start(
            "/bin/sh", ["/bin/sh", "-c", command],
            descriptors: [(pipes[0], 0), (pipes[3], 1), (pipes[5], 2)])
        [pipes[0], pipes[3], pipes[5]].forEach { close($0) }
        let parents = [pipes[1], pipes[2], pipes[4]]
        switch child {
        case .success(let pid):
            parents.forEach { _ = holdfast_fcntl($0, F_SETFL, O_NONBLOCK) }
            // Where the system allows no more, it stays as it is.
            _ = holdfast_set_pipe_size(parents[1], Self.outputRoom)
            (self.pid, input, output, errors) = (pid, parents[0], parents[1], parents[2])
        case .failure(let error):
            parents.forEach { close($0) }
            throw error
        }
    }

    /// Ends the shell, and whatever shares its process group, at once.
    func kill() { _ = Glibc.kill(-pid, SIGKILL) }

    /// Asks all that the shell started to end: `timeout` puts each step into a process group of its own.
    ///
    /// A step that has something to clear away does so first. What left the session on purpose goes on. Call it after
    /// `kill` and before `wait`, on a queue of its own: the number of the session could be somebody else's later.
    func endSession() {
        var asked: Set<pid_t> = [pid]
        // What is started while one round looks around is found by the next.
        for _ in 0..<3 {
            let members = Self.members(of: pid).filter { asked.insert($0).inserted }
            guard !members.isEmpty else { return }
            for member in members { _ = Glibc.kill(member, SIGTERM) }
        }
    }

    /// The processes of a session.
    private static func members(of session: pid_t) -> [pid_t] {
        // Without /proc nobody can be found; the steps end once they write to a closed pipe.
        guard let items = try? Folder.items("/proc") else { return [] }
        return items.compactMap { pid_t($0.name) }.filter { getsid($0) == session }
    }

    /// Waits for the end; call it on a queue of its own.
    func wait() -> (status: Int32?, signal: String?) {
        var raw: Int32 = 0
        while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
        let signal = raw & 0x7F
        return signal == 0 ? ((raw >> 8) & 0xFF, nil) : (nil, Self.name(of: signal))
    }

    private static func name(of signal: Int32) -> String {
        let names = [
            SIGHUP: "HUP", SIGINT: "INT", SIGKILL: "KILL", SIGPIPE: "PIPE", SIGSEGV: "SEGV", SIGTERM: "TERM",
        ]
        return names[signal] ?? String(signal)
    }
}
