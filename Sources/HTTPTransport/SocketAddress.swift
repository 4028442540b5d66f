import Glibc

/// Addresses as the system calls want them and give them.
enum SocketAddress {
    /// The port that a socket is bound to; nil where it has none.
    static func port(of descriptor: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
                return unsafe Int(name(address, length, NI_NUMERICSERV, isPort: true))
            }
        }
    }

    /// The numeric address of a peer, without zone; empty for a Unix socket.
    static func text(_ address: UnsafeMutablePointer<sockaddr>?, _ length: Int32) -> String {
        guard let address = unsafe address, unsafe Int32(address.pointee.sa_family) != AF_UNIX else {
            return ""
        }
        let text = unsafe name(address, socklen_t(length), NI_NUMERICHOST, isPort: false)
        return String(text.prefix { $0 != "%" })
    }

    private static func name(
        _ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t, _ flag: Int32, isPort: Bool
    ) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let size = socklen_t(text.count)
        let code =
            isPort
            ? unsafe getnameinfo(address, length, nil, 0, &text, size, flag)
            : unsafe getnameinfo(address, length, &text, size, nil, 0, flag)
        guard code == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
