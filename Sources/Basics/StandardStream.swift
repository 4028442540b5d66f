private import CSystem
import Glibc

/// One of the three streams every program is born with.
///
/// Reading and writing block: call them from an actor on an executor of its own, never on the cooperative pool.
package enum StandardStream: Int32, Sendable, CaseIterable {
    case input = 0
    case output = 1
    case error = 2

    /// Occupies the numbers of those streams that are closed, so that no file opened later gets one of them and is
    /// written over.
    ///
    /// Call it before anything else. Using such a stream fails as it would without: with `EBADF`.
    package static func occupyClosed() {
        for stream in allCases where holdfast_fcntl(stream.rawValue, F_GETFD, 0) < 0 {
            // The lowest free number is taken; those below are open. Opened the wrong way round, it takes no use.
            let flags = stream == .input ? O_WRONLY : O_RDONLY
            _ = unsafe holdfast_open("/dev/null", flags, 0)
        }
    }

    /// Whether a person sits at the other end.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The terminal's name, for example `/dev/pts/3`; empty where there is none.
    package var terminalName: String {
        guard isTerminal else { return "" }
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe ttyname_r(rawValue, &buffer, buffer.count) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The columns of the terminal at the other end; nil when there is none or it does not say.
    package var columns: Int? {
        let columns = holdfast_terminal_columns(rawValue)
        return columns > 0 ? Int(columns) : nil
    }

    /// Writes all of `bytes`, waiting where the other end is slow.
    /// - Throws: the kernel's error; `EPIPE` when nobody reads any more.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { area in
                unsafe Glibc.write(rawValue, area.baseAddress.map { unsafe $0 + offset }, area.count - offset)
            }
            if written >= 0 {
                offset += written
                continue
            }
            switch errno {
            case EINTR: continue
            // A terminal shared with another program may have been left in non-blocking mode.
            case EAGAIN: _ = try wait(for: Int16(POLLOUT), milliseconds: 1000)
            default: throw SystemError("write", name)
            }
        }
    }

    /// Reads a line of at most `limit` bytes, without its line feed.
    ///
    /// Asks `isCancelled` ten times a second while nothing comes.
    /// - Returns: nil at the end of the input, and when cancelled.
    package func readLine(limit: Int = 4096, isCancelled: () -> Bool) throws(SystemError) -> String? {
        var line: [UInt8] = []
        while line.count < limit {
            guard !isCancelled() else { return nil }
            guard try wait(for: Int16(POLLIN), milliseconds: 100) else { continue }
            var byte: UInt8 = 0
            switch unsafe read(rawValue, &byte, 1) {
            case 0: return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            case 1 where byte == 0x0A: return String(decoding: line, as: UTF8.self)
            case 1: line.append(byte)
            default: guard errno == EINTR || errno == EAGAIN else { throw SystemError("read", name) }
            }
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Reads all there is, to the end of the input.
    /// - Throws: also `EFBIG` for more than `limit` bytes.
    package func readAll(limit: Int) throws(SystemError) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe read(rawValue, &buffer, 16_384)
            if count == 0 { return all }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemError("read", name)
            }
            all += buffer.prefix(count)
            guard all.count <= limit else { throw SystemError("read", name, code: EFBIG) }
        }
    }

    /// Whether the stream became ready, or was hung up, within the time.
    private func wait(for events: Int16, milliseconds: Int32) throws(SystemError) -> Bool {
        var entry = pollfd(fd: rawValue, events: events, revents: 0)
        let count = unsafe poll(&entry, 1, milliseconds)
        guard count >= 0 || errno == EINTR else { throw SystemError("poll", name) }
        return count > 0
    }

    private var name: String {
        switch self {
        case .input: "standard input"
        case .output: "standard output"
        case .error: "standard error"
        }
    }
}
