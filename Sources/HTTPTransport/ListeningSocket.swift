import Basics
import CEvent
import CSystem
import Glibc
import HTTP

/// A socket that takes connections, and what must be tidied up with it.
struct ListeningSocket {
    /// The longest queue of connections that nobody took yet.
    static let backlog: Int32 = 1024

    /// Where it really listens.
    let endpoint: HTTPEndpoint
    /// Owned by whoever got it.
    let descriptor: Int32

    /// Opens the socket and listens.
    init(_ endpoint: HTTPEndpoint) throws(HTTPServerError) {
        switch endpoint {
        case .address(let address, let port): try self.init(address: address, port: port)
        case .socket(let path): try self.init(path: path)
        }
    }

    private init(address: String, port: Int) throws(HTTPServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        // Numeric alone: this asks no name server and does not wait.
        guard unsafe getaddrinfo(address, String(port), &hints, &found) == 0, let first = unsafe found else {
            throw HTTPServerError(
                "‘\(address)’ is no numeric address with a port",
                hint: "Write for example 127.0.0.1:7420 or [::1]:7420.")
        }
        defer { unsafe freeaddrinfo(first) }
        let family = unsafe first.pointee.ai_family
        descriptor = try Self.socket(family)
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if family == AF_INET6 { unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
        do throws(SystemError) {
            guard unsafe bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
                throw SystemError("bind", "\(address):\(port)")
            }
            guard listen(descriptor, Self.backlog) == 0 else { throw SystemError("listen") }
        } catch {
            close(descriptor)
            throw HTTPServerError(
                "Cannot listen on \(HTTPEndpoint.address(address, port: port)): \(error.reason)",
                hint: error.code == EADDRINUSE
                    ? "Another program listens there; choose another port with --listen." : "")
        }
        endpoint = .address(address, port: SocketAddress.port(of: descriptor) ?? port)
    }

    private init(path: String) throws(HTTPServerError) {
        let descriptor = try Self.socket(AF_UNIX)
        self.descriptor = descriptor
        do throws(SystemError) {
            try Self.removeDead(path)
            try UnixSocket.bind(descriptor, to: path)
            // Nobody can connect before it listens, hence nobody gets in between with the usual permissions.
            guard unsafe chmod(path, 0o600) == 0 else { throw SystemError("chmod", path) }
            guard listen(descriptor, Self.backlog) == 0 else { throw SystemError("listen", path) }
        } catch {
            close(descriptor)
            let hint =
                switch error.code {
                case EADDRINUSE: "Another program listens there, or it is no socket; choose another path."
                case ENAMETOOLONG: "Choose a path of at most 107 bytes."
                default: ""
                }
            throw HTTPServerError("Cannot listen on the socket \(path): \(error.reason)", hint: hint)
        }
        endpoint = .socket(path: path)
    }

    private static func socket(_ family: Int32) throws(HTTPServerError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(family, kind, 0)
        guard descriptor >= 0 else {
            throw HTTPServerError("Cannot open a socket: \(SystemError("socket").reason)")
        }
        return descriptor
    }

    /// Removes a socket that a dead server left; one that answers, and anything that is no socket, stays.
    private static func removeDead(_ path: String) throws(SystemError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemError("bind", path, code: EADDRINUSE) }
        do { try UnixSocket.tryConnecting(to: path) } catch {
            guard error.code == ECONNREFUSED else { throw SystemError("bind", path, code: EADDRINUSE) }
            guard unsafe unlink(path) == 0 else { throw SystemError("unlink", path) }
            return
        }
        throw SystemError("bind", path, code: EADDRINUSE)
    }
}
