import Basics
import CLibSSH
import Glibc
import RemoteExecution
import Synchronization

/// One SSH connection: connecting, login, and one run at a time on it.
///
/// All of it happens on the event loop's thread. Each step asks libssh to go on until it would block, then suspends
/// until the socket, a worker or a deadline wakes it; nothing here ever waits otherwise.
actor SSHConnection {
    /// Where it leads.
    nonisolated let endpoint: SSHEndpoint
    /// What it shares with the others.
    nonisolated let services: SSHServices
    /// By which the event loop wakes it.
    nonisolated let key: EventLoop.Key
    private struct Shared {
        var socket: Descriptor?
        var isAborted = false
    }

    /// The socket, for `abort`; libssh holds a duplicate, as it closes its own one at will.
    private nonisolated let shared = Mutex(Shared())

    /// The SSH session, from the first packet until `close`.
    var session: SessionHandle?
    /// The socket that is watched.
    var socket: Descriptor?
    /// The channel of the present run.
    var channel: ChannelHandle?
    /// What the login tried so far.
    var login = LoginLog()
    /// The way to the agent during the login.
    var bridge: AgentBridge?
    /// The agent's keys, once asked for.
    var agentKeys: [AgentIdentity]?
    /// The present run.
    var run: RunState?
    /// Whether the event loop does not tell of what arrives at the socket.
    var isMuted = false
    /// Whether no channel was opened yet.
    var isUnused = true
    /// Connections it carries.
    var tunnels: [EventLoop.Key: Tunnel] = [:]
    /// Set while this connection carries others.
    var service: TunnelService?

    /// The thread it lives on.
    nonisolated var loop: EventLoop { services.loop }
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe services.loop.asUnownedSerialExecutor() }

    /// A connection that is still to be opened.
    init(to endpoint: SSHEndpoint, services: SSHServices) {
        self.endpoint = endpoint
        self.services = services
        key = services.loop.makeKey()
    }

    deinit {
        if let socket { services.loop.detach(socket) }
        services.loop.remove(key)
    }

    /// Ends whatever is under way with `cancelled` and closes the connection; from any thread.
    nonisolated func abort() {
        shared.withLock { shared in
            shared.isAborted = true
            shared.socket?.shutDown()
        }
        loop.interrupt(key)
    }

    /// Closes the connection; further use fails.
    func close() {
        closeTunnels()
        channel = nil
        run = nil
        session = nil
        closeBridge()
        if let socket { loop.detach(socket) }
        shared.withLock { $0.socket = nil }
        socket = nil
    }

    /// Takes a connected socket.
    func use(_ socket: Descriptor) {
        self.socket = socket
        shared.withLock { $0.socket = socket }
    }

    // MARK: Waiting

    /// Suspends until something happened.
    ///
    /// - Throws: the deadline's error, or `cancelled` after `abort`.
    func pause(until deadline: Deadline?) async throws(ShellError) {
        switch await wait(until: deadline?.instant) {
        case .signalled: return
        case .deadline: throw deadline?.error ?? ShellError(.timedOut, "No answer from \(endpoint.label)")
        case .interrupted: throw cancellation
        }
    }

    /// Suspends until something happened or `instant` passed.
    func wait(until instant: ContinuousClock.Instant?) async -> EventLoop.Wake {
        await withCheckedContinuation { loop.park($0, on: key, until: instant) }
    }

    /// Repeats a libssh call, waiting in between, until it gives anything but `again`.
    func advance(
        _ again: CInt = SSH_AGAIN, until deadline: Deadline?, _ call: () throws(ShellError) -> CInt
    ) async throws(ShellError) -> CInt {
        var turns = 0
        while true {
            let result = try call()
            guard result == again else { return result }
            // A flood lets others have their turn.
            if hasWork {
                turns += 1
                if turns.isMultiple(of: 16) { await Task.yield() }
                if let deadline, deadline.instant < .now { throw deadline.error }
                continue
            }
            try await pause(until: deadline)
            socket?.acknowledgeQuickly()
        }
    }

    /// Like `advance` for a call that suspends itself.
    func advanceAsync(
        until deadline: Deadline, _ call: () async throws(ShellError) -> CInt
    ) async throws(ShellError) -> CInt {
        while true {
            let result = try await call()
            guard result == SSH_AUTH_AGAIN.rawValue else { return result }
            if !hasWork {
                try await pause(until: deadline)
                socket?.acknowledgeQuickly()
            }
        }
    }

    /// Runs a blocking `job` on a worker and waits for its result; a cancelled wait lets it finish unseen.
    func outsource<Value: Sendable>(
        to workers: Workers, until deadline: Deadline?, _ job: @escaping @Sendable () -> Value
    ) async throws(ShellError) -> Value {
        let box = ResultBox<Value>()
        workers.submit { [loop, key] in
            box.value.withLock { $0 = job() }
            loop.signal(key)
        }
        while true {
            if let value = box.value.withLock({ $0 }) { return value }
            try await pause(until: deadline)
        }
    }

    // MARK: State of the connection

    /// Whether `abort` was called.
    nonisolated var isAborted: Bool { shared.withLock { $0.isAborted } }

    /// The error of everything after `abort`.
    nonisolated var cancellation: ShellError {
        ShellError(.cancelled, "The connection to \(endpoint.label) was cancelled")
    }

    /// Whether libssh could go on at once.
    ///
    /// The socket is watched edge-triggered, so nobody may pause while this holds. libssh keeps what it could not
    /// send without asking again whether the socket is writable, hence the second condition.
    var hasWork: Bool {
        guard let socket, let session, !session.isBroken else { return false }
        return socket.poll(for: POLLIN | (session.hasUnsentBytes ? CInt(POLLOUT) : 0)) != 0
    }

    /// Whether the other side has closed the connection and everything it sent was read.
    var isAtEnd: Bool { session.map { $0.isBroken } ?? true }

    /// The error for a connection that broke while `doing`.
    func brokenError(_ doing: String) -> ShellError {
        ShellError(
            .disconnected,
            "The connection to \(endpoint.label) ended \(doing): \(session?.errorText ?? "closed")")
    }
}

/// A place for the result of a worker's job.
private final class ResultBox<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
