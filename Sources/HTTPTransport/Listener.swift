import CEvent
import Glibc
import HTTP

/// Takes the connections of one socket; belongs to the loop's thread.
@safe final class Listener {
    private final class Context {
        let server: ServerCore
        let isSocket: Bool

        init(server: ServerCore, isSocket: Bool) {
            self.server = server
            self.isSocket = isSocket
        }
    }

    let endpoint: HTTPEndpoint
    private let listener: OpaquePointer
    private let context: Unmanaged<Context>

    /// Takes over the socket, also where it throws.
    init(_ socket: ListeningSocket, on base: OpaquePointer, _ server: ServerCore) throws(HTTPServerError) {
        let isSocket = if case .socket = socket.endpoint { true } else { false }
        endpoint = socket.endpoint
        let context = unsafe Unmanaged.passRetained(Context(server: server, isSocket: isSocket))
        let made = unsafe evconnlistener_new(
            base, onAccepted, context.toOpaque(),
            UInt32(LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC), 0, socket.descriptor)
        guard let made = unsafe made else {
            unsafe context.release()
            close(socket.descriptor)
            throw HTTPServerError("Cannot take connections on \(socket.endpoint)")
        }
        unsafe self.context = context
        unsafe listener = made
        unsafe evconnlistener_set_error_cb(made, onRefused)
    }

    deinit {
        unsafe evconnlistener_free(listener)
        unsafe context.release()
    }

    /// Leaves connections in the queue of the system.
    func pause() { unsafe evconnlistener_disable(listener) }

    /// Takes connections again.
    func resume() { unsafe evconnlistener_enable(listener) }

    /// Takes the connections that wait in the queue of the system, which would be cut with it.
    func takeWaiting() {
        let descriptor = unsafe evconnlistener_get_fd(listener)
        for _ in 0..<ListeningSocket.backlog {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let (taken, text) = unsafe withUnsafeMutablePointer(to: &address) { storage in
                unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let taken = unsafe accept(descriptor, address, &length)
                    return unsafe (taken, taken < 0 ? "" : SocketAddress.text(address, Int32(length)))
                }
            }
            guard taken >= 0 else { return }
            evutil_make_socket_nonblocking(taken)
            evutil_make_socket_closeonexec(taken)
            unsafe Self.accepted(taken, text, context.toOpaque())
        }
    }

    /// Removes the socket from the file system, where it has a place there.
    func removeSocket() {
        if case .socket(let path) = endpoint { unsafe unlink(path) }
    }

    private static func context(_ pointer: UnsafeMutableRawPointer) -> Context {
        unsafe Unmanaged<Context>.fromOpaque(pointer).takeUnretainedValue()
    }

    fileprivate static func accepted(
        _ descriptor: Int32, _ address: String, _ pointer: UnsafeMutableRawPointer
    ) {
        let caller = unsafe context(pointer)
        let isSocket = caller.isSocket
        caller.server.assumeIsolated { $0.accepted(descriptor, address: address, isSocket: isSocket) }
    }

    fileprivate static func refused(_ pointer: UnsafeMutableRawPointer) {
        unsafe context(pointer).server.assumeIsolated { $0.pauseListening() }
    }
}

private func onAccepted(
    _: OpaquePointer?, _ descriptor: Int32, _ address: UnsafeMutablePointer<sockaddr>?, _ length: Int32,
    _ context: UnsafeMutableRawPointer?
) {
    guard let context = unsafe context else { return }
    unsafe Listener.accepted(descriptor, SocketAddress.text(address, length), context)
}

private func onRefused(_: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Listener.refused(context)
}
