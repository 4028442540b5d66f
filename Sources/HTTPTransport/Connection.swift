import CEvent
import CSystem
import Glibc
import HTTP

/// One connection of a server: its buffers, its parser, and how far the request in it has come.
///
/// Belongs to the loop's thread, as the actor that keeps it. It knows no limits and no handler.
@safe final class Connection {
    /// What the connection is about.
    enum Phase {
        /// Nothing of a request has come.
        case idle
        /// A request is on its way.
        case reading
        /// The handler works on a request.
        case working
        /// The response is on its way, and more of it will come.
        case streaming
        /// All of the response is on its way.
        case flushing
        /// Said its last word; what still comes is thrown away, so that the word is not lost.
        case lingering
    }

    /// Who called a callback: the server and the number of the connection.
    final class Context {
        let server: ServerCore
        let id: UInt64

        init(server: ServerCore, id: UInt64) {
            self.server = server
            self.id = id
        }
    }

    let id: UInt64
    let peer: HTTPPeer
    private let buffers: OpaquePointer
    /// What is read; nil where the buffers read, as of what is encrypted.
    private var input: SocketInput?
    private let context: Unmanaged<Context>
    private let timer: LoopTimer
    var parser: HTTPRequestParser
    var phase = Phase.idle
    /// The head of the request that is being read or answered.
    var head: HTTPRequestHead?
    /// What answers it.
    var task: Task<Void, Never>?
    /// Whether what is written now is the last.
    var isLast = false
    /// Whether it was answered before its request was whole.
    var isCutShort = false
    /// Whether the client will send nothing more.
    var isInputEnded = false
    /// Whoever waits for the network to take what was written.
    var drained: CheckedContinuation<Bool, Never>?
    /// What is sent where the server ends before the response.
    var lastWords: (@Sendable () -> [UInt8])?
    /// What is sent in silence.
    var keepAlive: HTTPStream.KeepAlive?
    /// How many bytes of it count against the limit of all unfinished bodies.
    var countedBytes = 0
    /// Whether its bytes are being looked at.
    var isBeingRead = false
    /// Whether it counts among the requests that are worked on.
    var isCounted = false
    /// Whether the next deadline is there to see whether the client takes what it was sent.
    var isLookDue = false
    /// What the client had not taken at the last look; nil where nothing was to be seen, or something was sent since.
    var untakenBefore: Int?

    /// - Parameters:
    ///   - buffers: is freed with this object.
    ///   - space: where bytes lie while they are read.
    init(
        _ buffers: OpaquePointer, _ base: OpaquePointer, _ context: Context, peer: HTTPPeer,
        limits: HTTPLimits, space: ReadingSpace
    ) {
        let (server, id) = (context.server, context.id)
        self.id = id
        self.peer = peer
        unsafe self.buffers = buffers
        unsafe self.context = Unmanaged.passRetained(context)
        guard
            let timer = unsafe LoopTimer(
                on: base, { server.assumeIsolated { $0.timeIsOver(id) } })
        else { preconditionFailure("the system has no memory for one event") }
        self.timer = timer
        input =
            peer.isEncrypted
            ? nil
            : unsafe SocketInput(
                bufferevent_getfd(buffers), on: base, space, onInput, self.context.toOpaque())
        precondition(peer.isEncrypted || input != nil, "the system has no memory for one event")
        parser = HTTPRequestParser(limits: limits)
        unsafe bufferevent_setcb(buffers, onReadable, onDrained, onEvent, self.context.toOpaque())
        // Reading stops by itself when that much was not looked at.
        unsafe bufferevent_setwatermark(buffers, Int16(EV_READ), 0, Self.readSize)
    }

    deinit {
        // Looks at the socket no more before that is closed.
        input = nil
        unsafe bufferevent_free(buffers)
        unsafe context.release()
    }

    private static let readSize = SocketInput.limit
    /// Whether nothing more is read until what came is looked at.
    private var isPaused = false

    /// Begins to read; the callbacks come from now on.
    func start() {
        guard let input else {
            unsafe bufferevent_enable(buffers, Int16(EV_READ | EV_WRITE))
            return
        }
        input.start()
    }

    /// Reads what came over a socket that is not encrypted.
    func receive() -> SocketInput.Sight { input?.receive() ?? .open }

    /// What came and was not looked at; empty when there is nothing.
    func read() -> [UInt8] {
        if let input { return input.take() }
        guard let input = unsafe bufferevent_get_input(buffers) else { return [] }
        let count = min(unsafe evbuffer_get_length(input), Self.readSize)
        guard count > 0 else { return [] }
        if isPaused {
            isPaused = false
            unsafe bufferevent_enable(buffers, Int16(EV_READ))
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            unsafe used = max(0, Int(evbuffer_remove(input, buffer.baseAddress, count)))
        }
    }

    /// Reads nothing more until `read` where as much came as is taken.
    ///
    /// Left alone, libevent says again and again that there is something to look at.
    func pauseWhenFull() {
        if let input { return input.pauseWhenFull() }
        guard let input = unsafe bufferevent_get_input(buffers),
            unsafe evbuffer_get_length(input) >= Self.readSize
        else { return }
        isPaused = true
        unsafe bufferevent_disable(buffers, Int16(EV_READ))
    }

    /// Whether something came that was not looked at.
    var hasInput: Bool {
        if let input { return !input.bytes.isEmpty }
        guard let input = unsafe bufferevent_get_input(buffers) else { return false }
        return unsafe evbuffer_get_length(input) > 0
    }

    /// Whether something came behind the request that is worked on, or a part of one.
    var hasMore: Bool { parser.isInside || hasInput }

    /// Whether the system has something of the client that was not read.
    var hasUnread: Bool {
        var byte: UInt8 = 0
        let flags = Int32(MSG_DONTWAIT | MSG_PEEK)
        return unsafe recv(bufferevent_getfd(buffers), &byte, 1, flags) > 0
    }

    /// Hands bytes to the network, which takes them when it can.
    func write(_ bytes: some ContiguousBytesCollection) {
        _ = unsafe bytes.withUnsafeBytes { unsafe bufferevent_write(buffers, $0.baseAddress, $0.count) }
    }

    /// Hands bytes to the network: at once what it takes, the rest when it can.
    ///
    /// For what ends a response; of what has no end others would have to wait for it.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if !peer.isEncrypted, unsentBytes == 0 {
            let descriptor = unsafe bufferevent_getfd(buffers)
            let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
            }
            // An error shows itself again with the rest.
            rest = rest.dropFirst(max(0, sent))
        }
        if !rest.isEmpty { write(rest) }
    }

    /// The bytes that the network did not take yet.
    var unsentBytes: Int {
        guard let output = unsafe bufferevent_get_output(buffers) else { return 0 }
        return unsafe evbuffer_get_length(output)
    }

    /// The bytes that the system holds for the client, which did not take them yet.
    var untakenBytes: Int { Int(holdfast_untaken(unsafe bufferevent_getfd(buffers))) }

    /// Whether the client cut it, so that nothing more can be sent.
    ///
    /// Of what is encrypted, libevent tells that as an end like any other.
    var isCut: Bool {
        var look = pollfd(fd: unsafe bufferevent_getfd(buffers), events: 0, revents: 0)
        return unsafe poll(&look, 1, 0) > 0 && Int32(look.revents) & (POLLERR | POLLHUP) != 0
    }

    /// Throws away what the client did not take when the connection ends, and lets it know at once.
    ///
    /// The system would go on holding that for a client that is not there, and the client would hear of no end.
    func resetOnEnd() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        unsafe setsockopt(bufferevent_getfd(buffers), SOL_SOCKET, SO_LINGER, &option, size)
    }

    /// Tells the client that nothing more comes.
    func endOutput() {
        let descriptor = unsafe bufferevent_getfd(buffers)
        if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    /// Ends the connection after `delay` unless it is set anew or stopped before.
    func setDeadline(_ delay: Duration) { timer.set(after: delay) }

    /// Lets the connection take its time.
    func stopDeadline() { timer.stop() }
}

/// Bytes that lie in one piece.
protocol ContiguousBytesCollection {
    /// Gives the bytes to `body`, for as long as it runs.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

extension [UInt8]: ContiguousBytesCollection {}
extension ArraySlice<UInt8>: ContiguousBytesCollection {}

private func onInput(_: Int32, _: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    let caller = unsafe Unmanaged<Connection.Context>.fromOpaque(context).takeUnretainedValue()
    let id = caller.id
    caller.server.assumeIsolated { $0.receive(id) }
}

private func onReadable(_: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    let caller = unsafe Unmanaged<Connection.Context>.fromOpaque(context).takeUnretainedValue()
    let id = caller.id
    caller.server.assumeIsolated { $0.readable(id) }
}

private func onDrained(_: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    let caller = unsafe Unmanaged<Connection.Context>.fromOpaque(context).takeUnretainedValue()
    let id = caller.id
    caller.server.assumeIsolated { $0.drained(id) }
}

private func onEvent(_: OpaquePointer?, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    let caller = unsafe Unmanaged<Connection.Context>.fromOpaque(context).takeUnretainedValue()
    let id = caller.id
    let isEnd = Int32(what) & BEV_EVENT_EOF != 0
    let isError = Int32(what) & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT) != 0
    guard isEnd || isError else { return }
    caller.server.assumeIsolated { $0.ended(id, isBroken: isError) }
}
