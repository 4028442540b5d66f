import Basics
import CSystem
import Glibc

/// Starts programs of this machine, each in a session of its own.
enum ProcessLaunch {
    /// Starts `program`, and does not wait for it.
    ///
    /// It inherits nothing but what is named, and hears every signal: threads of queues block them and programs ignore some,
    /// which a child would take over, and then could not be ended.
    /// - Parameters:
    ///   - words: its arguments, the name first.
    ///   - descriptors: what it gets, in this order, and under which number; the numbers are 0 and on without a gap.
    static func start(
        _ program: String, _ words: [String], descriptors: [(from: Int32, number: Int32)]
    ) -> Result<pid_t, SystemError> {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for (from, number) in descriptors {
            unsafe posix_spawn_file_actions_adddup2(&actions, from, number)
        }
        unsafe holdfast_spawn_close_from(&actions, Int32(descriptors.count))
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(holdfast_spawn_setsid() | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGHUP, SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        var pid: pid_t = 0
        var copies: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe copies.append(nil)
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        let status = unsafe posix_spawn(&pid, program, &actions, &attributes, copies, environ)
        return status == 0 ? .success(pid) : .failure(SystemError("posix_spawn", program, code: status))
    }
}
