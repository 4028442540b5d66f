private import CSystem
import Glibc

/// A descriptor that bytes are read from and written to, for a protocol; whoever opened it keeps it open.
///
/// Reading and writing block: call them from a thread of their own, never on the cooperative pool.
package struct ProtocolStream: Sendable {
    /// The descriptor's number.
    package let descriptor: Int32
    /// Whether it is a pipe, of which is known what it takes at once.
    private let isPipe: Bool

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        isPipe = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Takes standard output for a protocol alone: gives a descriptor that nobody else knows, and points standard output
    /// at standard error, so that whatever prints by mistake cannot be taken for the protocol.
    package static func claimOutput() throws(SystemError) -> ProtocolStream {
        let own = holdfast_fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard own >= 0 else { throw SystemError("dup", "standard output") }
        guard dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { throw SystemError("dup2", "standard error") }
        return ProtocolStream(own)
    }

    /// Waits for bytes and reads up to `limit` of them; none at the end.
    package func read(limit: Int) throws(SystemError) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { area, count in
                let read = unsafe Glibc.read(descriptor, area.baseAddress, area.count)
                code = read < 0 ? errno : 0
                count = max(0, read)
            }
            switch code {
            case 0: return bytes
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLIN))
            default: throw SystemError("read", "descriptor \(descriptor)", code: code)
            }
        }
    }

    /// Writes all of `bytes`, waiting where the other end is slow.
    /// - Throws: the kernel's error; `EPIPE` when nobody reads any more.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { area in
                unsafe Glibc.write(
                    descriptor, area.baseAddress.map { unsafe $0 + offset }, area.count - offset)
            }
            if written >= 0 {
                offset += written
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLOUT))
            default: throw SystemError("write", "descriptor \(descriptor)")
            }
        }
    }

    /// How much a pipe that can be written to takes without waiting, in bytes.
    private static let pipePiece = 4096

    /// Writes as much of `bytes` as can be without waiting, as long as nobody else writes there; nothing to what is no pipe.
    ///
    /// An error is left for whoever writes the rest.
    /// - Returns: how many bytes were written.
    package func writeAtOnce(_ bytes: [UInt8]) -> Int {
        guard isPipe else { return 0 }
        var offset = 0
        while offset < bytes.count {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&entry, 1, 0) == 1, Int32(entry.revents) == POLLOUT else { break }
            let written = unsafe bytes.withUnsafeBytes { area in
                unsafe Glibc.write(
                    descriptor, area.baseAddress.map { unsafe $0 + offset },
                    min(area.count - offset, Self.pipePiece))
            }
            guard written > 0 else { break }
            offset += written
        }
        return offset
    }

    /// Whether the other end was closed, though bytes of it may still be waiting.
    package var isHungUp: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) == 1 && Int32(entry.revents) & (POLLHUP | POLLERR) != 0
    }

    private func wait(for events: Int16) throws(SystemError) {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        guard unsafe poll(&entry, 1, -1) >= 0 || errno == EINTR else { throw SystemError("poll") }
    }
}
