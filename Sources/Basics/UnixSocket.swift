import Glibc

/// Sockets that are files.
package enum UnixSocket {
    /// Finds out whether somebody listens at `path`; says nothing to them, and does not wait.
    package static func tryConnecting(to path: String) throws(SystemError) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2000000 | 0o4000, 0)
        guard descriptor >= 0 else { throw SystemError("socket", path) }
        defer { close(descriptor) }
        unsafe try call("connect", path) { unsafe connect(descriptor, $0, $1) }
    }

    /// Gives a socket its place in the file system.
    ///
    /// - Throws: `ENAMETOOLONG` for a path of more than 107 bytes, else the kernel's error.
    package static func bind(_ descriptor: Int32, to path: String) throws(SystemError) {
        unsafe try call("bind", path) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    /// Runs a system call that takes the address of `path`.
    private static func call(
        _ name: String, _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(name, path, code: ENAMETOOLONG)
        }
        // An empty name would be one that no file has.
        guard !bytes.isEmpty, !bytes.contains(0) else { throw SystemError(name, path, code: EINVAL) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { area in unsafe area.copyBytes(from: bytes) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SystemError(name, path) }
    }
}
