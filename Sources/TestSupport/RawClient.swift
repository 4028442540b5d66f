import Basics
import Dispatch
import Glibc

/// A client that sends exactly the bytes a test wants, over TCP of this machine.
package final class RawClient: Sendable {
    /// What came back.
    package struct Response: Sendable {
        package let status: Int
        /// By name in lower case; the last one counts.
        package let fields: [String: String]
        package let body: [UInt8]

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Nothing, or no HTTP, came within the time.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "holdfast.raw-client")

    /// Connects to a port of this machine.
    /// - Parameter receiveBuffer: how many bytes the system may keep for it; nil for the usual.
    package init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        if var size = receiveBuffer {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        guard code == 0 else { throw SystemError("connect", "port \(port)") }
    }

    deinit { close(descriptor) }

    /// Sends all of `text`; false when the other end is gone.
    @discardableResult
    package func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// Sends all of `bytes`; false when the other end is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) async -> Bool {
        await onQueue { [descriptor] in
            var done = 0
            while done < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { area in
                    unsafe Glibc.send(
                        descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done,
                        Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Says that nothing more will be sent.
    package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits until the other end broke the connection off, and reads nothing.
    package func waitForEnd() async {
        await onQueue { [descriptor] in
            var entry = pollfd(fd: descriptor, events: 0, revents: 0)
            while unsafe poll(&entry, 1, -1) < 0, errno == EINTR {}
        }
    }

    /// The next bytes that come; empty at the end of the connection, nil when nothing comes in time.
    package func read(within limit: Duration = .seconds(90)) async -> [UInt8]? {
        await onQueue { [descriptor] in
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Below zero it would wait for ever.
            let milliseconds = max(0, Int32(clamping: Int64(limit / .milliseconds(1))))
            guard unsafe poll(&entry, 1, milliseconds) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? Array(buffer.prefix(count)) : []
        }
    }

    /// All bytes until the connection ends or `isEnough` of what came.
    package func read(until isEnough: ([UInt8]) -> Bool, within limit: Duration = .seconds(90)) async throws
        -> [UInt8]
    {
        var all: [UInt8] = []
        let start = ContinuousClock.now
        while !isEnough(all) {
            guard let more = await read(within: limit - (ContinuousClock.now - start)) else {
                throw Failure(
                    description:
                        "no more came in time behind ‘\(String(decoding: all.suffix(300), as: UTF8.self))’")
            }
            if more.isEmpty { break }
            all += more
        }
        return all
    }

    /// All bytes until the connection ends.
    package func readToEnd(within limit: Duration = .seconds(90)) async throws -> [UInt8] {
        try await read(until: { _ in false }, within: limit)
    }

    /// Sends a request and waits for its answer.
    package func ask(_ text: String) async throws -> Response {
        await send(text)
        return try await response()
    }

    /// The next response; nothing may come behind it.
    package func response(within limit: Duration = .seconds(90)) async throws -> Response {
        let bytes = try await read(until: { Self.response(in: $0) != nil }, within: limit)
        guard let response = Self.response(in: bytes) else {
            throw Failure(description: "no response: ‘\(String(decoding: bytes.prefix(300), as: UTF8.self))’")
        }
        return response
    }

    /// The response that `bytes` are; nil when they are none yet.
    package static func response(in bytes: [UInt8]) -> Response? {
        let end = Array("\r\n\r\n".utf8)
        guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: bytes[..<place], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            return nil
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }
            fields[name.lowercased()] = String(line.dropFirst(name.count + 1).drop { $0 == " " })
        }
        let body = Array(bytes[(place + 4)...])
        if fields["transfer-encoding"] == "chunked" {
            guard let whole = chunks(body) else { return nil }
            return Response(status: status, fields: fields, body: whole)
        }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        guard body.count >= length else { return nil }
        return Response(status: status, fields: fields, body: Array(body.prefix(length)))
    }

    /// The content of a body in chunks; nil when its end has not come.
    private static func chunks(_ body: [UInt8]) -> [UInt8]? {
        var rest = body[...]
        var all: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D) {
            guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) else { return nil }
            rest = rest[end...].dropFirst(2)
            guard size > 0 else { return all }
            guard rest.count >= size + 2 else { return nil }
            all += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return nil
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
