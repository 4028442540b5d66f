import Basics
import CSystem
import Glibc

/// An address a stream socket can connect to, in the kernel's form.
struct SocketAddress: Sendable, Equatable {
    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    let family: CInt
    /// The bytes of the `sockaddr` structure.
    let bytes: [UInt8]

    /// Which families a search may give.
    enum Families: Sendable {
        case any
        case version4
        case version6
    }

    /// Why a name gave no address.
    struct LookupFailure: Error, Sendable {
        /// The library's words.
        let reason: String
        /// Whether the name does not exist, as opposed to nobody answering.
        let isFinal: Bool
    }

    /// The addresses of `host`, best first.
    ///
    /// Blocks unless `host` is numeric or `numericOnly` is set.
    static func find(
        _ host: String, port: Int, families: Families = .any, numericOnly: Bool = false
    ) -> Result<[SocketAddress], LookupFailure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = families == .any ? AF_UNSPEC : families == .version4 ? AF_INET : AF_INET6
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            return .failure(LookupFailure(reason: reason, isFinal: code != EAI_AGAIN))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let raw = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            unsafe addresses.append(SocketAddress(family: entry.pointee.ai_family, bytes: Array(raw)))
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    /// The address of a local socket; nil when the path is too long.
    static func local(_ path: String) -> SocketAddress? {
        let text = Array(path.utf8)
        guard !text.isEmpty, text.count < 108 else { return nil }
        let family = UInt16(AF_UNIX)
        let head = unsafe withUnsafeBytes(of: family) { unsafe Array($0) }
        return SocketAddress(family: AF_UNIX, bytes: head + text + [0])
    }

    /// Begins to connect a new nonblocking socket to this address.
    func beginConnecting() throws(SystemError) -> Descriptor {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = try Descriptor(checking: Glibc.socket(family, type, 0), "socket")
        if family != AF_UNIX {
            socket.setOption(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
            socket.setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
            socket.setOption(CInt(IPPROTO_TCP), TCP_KEEPIDLE, 30)
            socket.setOption(CInt(IPPROTO_TCP), TCP_KEEPINTVL, 10)
            socket.setOption(CInt(IPPROTO_TCP), TCP_KEEPCNT, 3)
        }
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.withMemoryRebound(to: sockaddr.self) { address in
                unsafe connect(socket.number, address.baseAddress, socklen_t(bytes.count))
            }
        }
        guard result == 0 || errno == EINPROGRESS else { throw SystemError("connect") }
        return socket
    }
}

extension Descriptor {
    /// How a connection attempt stands: nil while it is under way, zero when connected, otherwise the error.
    var connectionResult: CInt? {
        guard poll(for: CInt(POLLOUT)) != 0 else { return nil }
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    /// Makes the kernel acknowledge at once what it receives next, which spares the peer's Nagle delay.
    func acknowledgeQuickly() {
        setOption(CInt(IPPROTO_TCP), TCP_QUICKACK, 1)
    }

    /// Whether the peer's address is a loopback one.
    var leadsToLoopback: Bool {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(number, $0, &size)
            }
        }
        guard result == 0 else { return false }
        let bytes = unsafe withUnsafeBytes(of: storage) { unsafe Array($0.prefix(28)) }
        switch CInt(storage.ss_family) {
        case AF_INET: return bytes[4] == 127
        case AF_INET6:
            return bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
                || bytes[8..<20] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] && bytes[20] == 127
        default: return false
        }
    }
}
