import Basics
import CSystem
import Glibc

/// Starting of the programs that the SSH fixtures need.
enum SSHServerProcess {
    /// Starts a program and returns its process id.
    ///
    /// Its standard input is `/dev/null`, its output goes to the end of the file `output`, its errors to that of
    /// `errors`, else to the same.
    static func start(
        _ arguments: [String], environment: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
        output: String = "/dev/null", errors: String? = nil
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let errors {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        unsafe holdfast_spawn_close_from(&actions, 3)
        // The threads of Swift's pool block signals, which a program would inherit.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid = pid_t()
        let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe (words + variables).forEach { unsafe free($0) }
        }
        let code = unsafe posix_spawn(&pid, arguments[0], &actions, &attributes, words, variables)
        guard code == 0 else { throw SystemError("posix_spawn", arguments[0], code: code) }
        return pid
    }

    /// Runs a program to its end and returns its exit status.
    @discardableResult
    static func run(
        _ arguments: [String], environment: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
    ) throws -> CInt {
        let pid = try start(arguments, environment: environment)
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status >> 8 & 0xFF
    }

    /// Ends a process that `start` gave, and waits for its end.
    static func stop(_ pid: pid_t, with signal: CInt = SIGTERM) {
        kill(pid, signal)
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}
