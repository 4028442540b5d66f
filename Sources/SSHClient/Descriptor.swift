import Basics
import CSystem
import Glibc

/// An open file descriptor that is closed with the last reference to it.
final class Descriptor: Sendable {
    /// What a nonblocking read gave.
    enum Reading {
        case bytes([UInt8])
        case wouldBlock
        case ended
        case failed(SystemError)
    }

    /// What a nonblocking write did.
    enum Writing {
        case wrote(Int)
        case wouldBlock
        case failed(SystemError)
    }

    /// The number itself, valid while this object lives.
    let number: CInt

    /// Takes over `number`, the result of `call`.
    init(checking number: CInt, _ call: String) throws(SystemError) {
        guard number >= 0 else { throw SystemError(call) }
        self.number = number
    }

    deinit { close(number) }

    /// Closes a number that no object owns.
    static func closeNumber(_ number: CInt) { _ = close(number) }

    /// A second number for the same open file, closed on exec, that the caller has to close.
    func duplicatedNumber() throws(SystemError) -> CInt {
        let copy = holdfast_fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError("fcntl") }
        return copy
    }

    /// Switches to nonblocking reads and writes.
    func setNonblocking() {
        _ = holdfast_fcntl(number, F_SETFL, holdfast_fcntl(number, F_GETFL, 0) | O_NONBLOCK)
    }

    /// Ends the connection in both directions without giving up the number.
    func shutDown() {
        shutdown(number, CInt(SHUT_RDWR))
    }

    /// The events of `poll(2)` that are there now.
    func poll(for events: CInt) -> CInt {
        var entry = pollfd(fd: number, events: Int16(events), revents: 0)
        guard unsafe Glibc.poll(&entry, 1, 0) == 1 else { return 0 }
        return CInt(entry.revents)
    }

    /// Reads at most `limit` bytes without waiting.
    func read(upTo limit: Int) -> Reading {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            count = unsafe Glibc.read(number, buffer.baseAddress, limit)
            filled = max(0, count)
        }
        if count > 0 { return .bytes(bytes) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(SystemError("read"))
    }

    /// Writes what the kernel takes of `bytes` without waiting; never raises SIGPIPE.
    ///
    /// Sockets only.
    func write(_ bytes: ArraySlice<UInt8>) -> Writing {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe send(number, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
        }
        if count >= 0 { return .wrote(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(SystemError("send"))
    }

    /// Whether a socket's other side closed it for sending; what it sent before may still be unread.
    var hasEnded: Bool { poll(for: POLLIN | CInt(EPOLLRDHUP.rawValue)) & ~POLLIN != 0 }

    /// Whether a socket is closed in both directions, as after a reset.
    var isDead: Bool { poll(for: POLLIN) & ~POLLIN != 0 }

    /// Sets a socket option to a number; false when the socket has no such option.
    @discardableResult
    func setOption(_ level: CInt, _ name: CInt, _ value: CInt) -> Bool {
        var value = value
        return unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<CInt>.size)) == 0
    }

    /// The round-trip time of a TCP connection as the kernel measured it; nil for any other socket.
    ///
    /// - SeeAlso: `tcp_info` in linux/tcp.h, whose field `tcpi_rtt` this is.
    var roundTrip: Duration? {
        let place = 17
        var words = [UInt32](repeating: 0, count: place + 1)
        var length = socklen_t(words.count * MemoryLayout<UInt32>.size)
        let whole = length
        guard unsafe getsockopt(number, CInt(IPPROTO_TCP), TCP_INFO, &words, &length) == 0, length == whole
        else { return nil }
        return .microseconds(Int64(words[place]))
    }

    /// Adds one to an event counter.
    func increment() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(number, &one, 8)
    }

    /// Sets an event counter to zero.
    func drain() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(number, &count, 8)
    }

    /// Both ends of a local stream, nonblocking and closed on exec.
    static func pair() throws(SystemError) -> (Descriptor, Descriptor) {
        var numbers: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &numbers) == 0 else { throw SystemError("socketpair") }
        return (
            try Descriptor(checking: numbers[0], "socketpair"),
            try Descriptor(checking: numbers[1], "socketpair")
        )
    }
}
