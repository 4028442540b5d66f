import Basics
import CEvent
import Glibc
import HTTP

/// The connections of a server, all on one event loop; handlers run elsewhere.
///
/// It knows how requests and responses travel, and nothing of what they say.
actor ServerCore {
    let settings: HTTPServerSettings
    let handler: any HTTPHandler
    let loop: EventLoop
    /// After what time it is looked whether a client that asks for nothing took what it was sent.
    let lookTime: Duration
    /// Nil for no encryption.
    let certificate: TLSContext?
    var connections: [UInt64: Connection] = [:]
    var listeners: [Listener] = []
    private let space = ReadingSpace()
    private var lastID: UInt64 = 0
    private let connectionLimit: Int
    private var connectionsByAddress: [String: Int] = [:]
    /// Requests that handlers work on.
    var workingRequests = 0
    /// Bytes of unfinished bodies.
    var bodyBytes = 0
    var isEnding = false
    /// Whoever waits for the last connection to end.
    var emptied: CheckedContinuation<Void, Never>?
    private var pauseTimer: LoopTimer?
    private var dateSecond: Int64 = 0
    private var dateText = ""

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// Blocks for the time it takes to read the certificate.
    init(
        _ settings: HTTPServerSettings, handler: any HTTPHandler, workers: WorkerPool?
    ) throws(HTTPServerError) {
        self.settings = settings
        self.handler = handler
        lookTime = settings.writeTime / 2
        certificate = if let files = settings.certificate { try TLSContext(files) } else { nil }
        // Some descriptors stay for what the handlers do.
        connectionLimit = max(1, min(settings.connections, OpenFileLimit.raise() - 200))
        do throws(SystemError) { loop = try EventLoop(workers: workers) } catch {
            throw HTTPServerError("The event loop cannot start: \(error)")
        }
    }

    /// Opens all sockets; none stays open when one of them cannot be.
    func listen() throws(HTTPServerError) -> [HTTPEndpoint] {
        do throws(HTTPServerError) {
            for endpoint in settings.endpoints {
                let socket = try ListeningSocket(endpoint)
                unsafe listeners.append(try Listener(socket, on: loop.base, self))
            }
        } catch {
            removeListeners()
            throw error
        }
        return listeners.map(\.endpoint)
    }

    /// Takes a connection, or refuses it by closing it at once.
    func accepted(_ descriptor: Int32, address: String, isSocket: Bool) {
        let user = isSocket ? UInt32(exactly: holdfast_peer_user(descriptor)) : nil
        let isEncrypted = certificate != nil && !isSocket
        let peer = HTTPPeer(address: address, user: user, isEncrypted: isEncrypted)
        let isOver =
            !peer.isLocal && connectionsByAddress[address, default: 0] >= settings.connectionsPerAddress
        guard !isEnding, !isOver, connections.count < connectionLimit,
            let buffers = unsafe makeBuffers(descriptor, isEncrypted: isEncrypted)
        else {
            close(descriptor)
            return
        }
        if !isSocket { Self.tune(descriptor) }
        lastID += 1
        let context = Connection.Context(server: self, id: lastID)
        let connection = unsafe Connection(
            buffers, loop.base, context, peer: peer, limits: settings.limits, space: space)
        connections[lastID] = connection
        if !peer.isLocal { connectionsByAddress[address, default: 0] += 1 }
        connection.setDeadline(settings.headTime)
        connection.start()
    }

    private func makeBuffers(_ descriptor: Int32, isEncrypted: Bool) -> OpaquePointer? {
        let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue | BEV_OPT_DEFER_CALLBACKS.rawValue)
        guard isEncrypted else { return unsafe bufferevent_socket_new(loop.base, descriptor, options) }
        guard let session = unsafe certificate?.connection() else { return nil }
        let buffers = unsafe bufferevent_openssl_socket_new(
            loop.base, descriptor, session, BUFFEREVENT_SSL_ACCEPTING, options)
        guard let buffers = unsafe buffers else { return nil }
        unsafe bufferevent_openssl_set_allow_dirty_shutdown(buffers, 1)
        return unsafe buffers
    }

    /// Small answers leave at once, and a peer whose machine died is noticed.
    private static func tune(_ descriptor: Int32) {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, size)
    }

    /// The system gives no more descriptors: asking again at once would turn the processor for nothing.
    func pauseListening() {
        for listener in listeners { listener.pause() }
        let timer = unsafe LoopTimer(on: loop.base) { [weak self] in
            self?.assumeIsolated { core in for listener in core.listeners { listener.resume() } }
        }
        timer?.set(after: .milliseconds(500))
        pauseTimer = timer
    }

    /// Forgets a connection and ends what was done for it.
    func drop(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        connection.task?.cancel()
        settle(connection)
        bodyBytes -= connection.countedBytes
        connection.countedBytes = 0
        if !connection.peer.isLocal {
            let address = connection.peer.address
            let count = connectionsByAddress[address, default: 1] - 1
            connectionsByAddress[address] = count > 0 ? count : nil
        }
        connection.drained?.resume(returning: false)
        connection.drained = nil
        if isEnding, connections.isEmpty { finishEnding() }
    }

    /// Counts a request no more among those that are worked on.
    func settle(_ connection: Connection) {
        guard connection.isCounted else { return }
        connection.isCounted = false
        workingRequests -= 1
    }

    /// The value of the field `Date`.
    func date() -> String {
        let now = SystemClock().now().seconds
        if now != dateSecond { (dateSecond, dateText) = (now, HTTPDate.text(seconds: now)) }
        return dateText
    }

    /// Takes no more connections, lets requests under way end within the patience, and returns when none is left.
    func end() async {
        for listener in listeners { listener.takeWaiting() }
        isEnding = true
        removeListeners()
        // Answers whose heads are not written yet say that they are the last.
        for connection in connections.values {
            switch connection.phase {
            case .idle: endIdle(connection)
            case .streaming where connection.lastWords == nil: connection.task?.cancel()
            case .reading, .working, .streaming, .flushing, .lingering: break
            }
        }
        guard !connections.isEmpty else { return }
        let lastCall = unsafe LoopTimer(on: loop.base) { [weak self] in
            self?.assumeIsolated { core in
                for connection in core.connections.values { core.callOff(connection) }
            }
        }
        let end = unsafe LoopTimer(on: loop.base) { [weak self] in
            self?.assumeIsolated { core in for connection in core.connections.values { core.drop(connection) }
            }
        }
        lastCall?.set(after: settings.patience - min(settings.patience / 10, .seconds(1)))
        end?.set(after: settings.patience)
        await withCheckedContinuation { continuation in
            // Others may have had their turn on the way here.
            if connections.isEmpty { continuation.resume() } else { emptied = continuation }
        }
        // Timers belong to the loop's thread: these must not last as long as the server, which may end on another.
        lastCall?.stop()
        end?.stop()
    }

    /// Lets a connection go that nothing was asked on; what was sent already is still answered.
    func endIdle(_ connection: Connection) {
        // What was sent over one that is encrypted is read in its turn.
        if connection.peer.isEncrypted, connection.hasUnread {
            connection.isLookDue = false
            return connection.setDeadline(Self.lingerTime)
        }
        guard case .open = connection.receive(), connection.hasInput else { return drop(connection) }
        readable(connection.id)
    }

    /// Tells a client that waits that it will get no answer.
    private func callOff(_ connection: Connection) {
        let problem = HTTPProblem(
            .serviceUnavailable, code: "ending", "The server ends before this is answered",
            hint: "What was begun may go on. Ask again when the server runs.")
        switch connection.phase {
        case .reading: refuse(connection, problem.response)
        case .working:
            connection.task?.cancel()
            answer(connection, problem.response)
        case .streaming: connection.task?.cancel()
        case .idle, .flushing, .lingering: break
        }
    }

    private func removeListeners() {
        pauseTimer = nil
        for listener in listeners { listener.removeSocket() }
        listeners = []
    }

    private func finishEnding() {
        emptied?.resume()
        emptied = nil
    }
}
