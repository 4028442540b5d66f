import Basics
import Glibc
import Synchronization

/// Plain sockets for the SSH fixtures: free ports, and waiting for a server.
enum SSHServerSocket {
    /// Numbers the ports given out by this process.
    private static let given = Atomic<Int>(0)

    /// A port nobody listens on at `address`, below those the kernel gives to outgoing connections.
    ///
    /// Processes begin at different places, so that two at once rarely want the same one.
    static func freePort(on address: String) throws -> Int {
        var failure: (any Error)?
        for _ in 0..<1000 {
            let number = given.add(1, ordering: .relaxed).newValue
            let port = 12_000 + (Int(getpid()) &* 211 &+ number) % 20_000
            do {
                close(try listen(on: address, port: port))
                return port
            } catch {
                failure = error
            }
        }
        throw failure ?? SystemError("bind", address, code: EADDRINUSE)
    }

    /// A listening socket.
    static func listen(on address: String, port: Int, backlog: CInt = 128) throws -> CInt {
        let isSix = address.contains(":")
        let number = socket(isSix ? AF_INET6 : AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("socket") }
        guard unsafe withAddress(address, port, { unsafe bind(number, $0, $1) }) == 0,
            Glibc.listen(number, backlog) == 0
        else {
            let error = SystemError("bind", address)
            close(number)
            throw error
        }
        return number
    }

    /// A listening local socket.
    static func listen(atPath path: String) throws -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { area in
            for (index, byte) in path.utf8.prefix(107).enumerated() { unsafe area[index] = byte }
        }
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard number >= 0, result == 0, Glibc.listen(number, 16) == 0 else { throw SystemError("bind", path) }
        return number
    }

    /// The port a socket is bound to.
    static func port(of number: CInt) throws -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &size)
            }
        }
        guard result == 0 else { throw SystemError("getsockname") }
        // Both address families hold the port in the two bytes after the family.
        return unsafe withUnsafeBytes(of: storage) { unsafe Int($0[2]) << 8 | Int($0[3]) }
    }

    private static func withAddress(
        _ address: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        if address.contains(":") {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = in_port_t(port).bigEndian
            unsafe inet_pton(AF_INET6, address, &six.sin6_addr)
            return unsafe withUnsafePointer(to: &six) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = in_port_t(port).bigEndian
        unsafe inet_pton(AF_INET, address, &four.sin_addr)
        return unsafe withUnsafePointer(to: &four) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
