import CLibSSH
import RemoteExecution

/// One channel of a session; what arrives on it is gathered in `inbox` while the session is pumped.
@safe final class ChannelHandle {
    /// Pieces are joined up to this size, and a run stops reading when so much is waiting.
    static let pieceSize = 64 << 10

    private let session: SessionHandle
    private let pointer: ssh_channel
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    /// What arrived.
    var inbox = ChannelInbox()

    /// More than this is left with libssh, which then lets the other side send no more; nil for no bound.
    private let kept: Int?

    /// - Throws: `protocolFailure` when there is no memory.
    init(of session: SessionHandle, keeps kept: Int? = nil) throws(ShellError) {
        guard let pointer = unsafe ssh_channel_new(session.pointer) else {
            throw ShellError(.protocolFailure, "libssh: \(session.errorText)")
        }
        self.session = session
        self.kept = kept
        unsafe self.pointer = pointer
        unsafe callbacks = .allocate(capacity: 1)
        unsafe callbacks.initialize(to: ssh_channel_callbacks_struct())
        unsafe callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        unsafe callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        setCallbacks()
        unsafe ssh_set_channel_callbacks(pointer, callbacks)
    }

    deinit {
        // The library may keep the channel until the other side closes it too, hence the callbacks go first.
        unsafe ssh_remove_channel_callbacks(pointer, callbacks)
        unsafe ssh_channel_free(pointer)
        unsafe callbacks.deinitialize(count: 1)
        unsafe callbacks.deallocate()
    }

    /// The object behind a callback's user data, which outlives the callbacks as they are removed in `deinit`.
    private static func object(_ data: UnsafeMutableRawPointer?) -> ChannelHandle? {
        unsafe data.map { unsafe Unmanaged<ChannelHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setCallbacks() {
        unsafe callbacks.pointee.channel_data_function = { _, _, bytes, count, isError, data in
            guard let channel = unsafe ChannelHandle.object(data), let bytes = unsafe bytes else { return 0 }
            if let kept = channel.kept, channel.inbox.count >= kept {
                channel.inbox.retained = Int(count)
                return 0
            }
            channel.inbox.retained = 0
            unsafe channel.inbox.append(
                UnsafeRawBufferPointer(start: bytes, count: Int(count)),
                from: isError == 0 ? .standardOutput : .standardError, limit: ChannelHandle.pieceSize)
            return CInt(count)
        }
        unsafe callbacks.pointee.channel_exit_status_function = { _, _, status, data in
            unsafe ChannelHandle.object(data)?.inbox.status = status
        }
        unsafe callbacks.pointee.channel_exit_signal_function = { _, _, name, _, _, _, data in
            guard let name = unsafe name else { return }
            unsafe ChannelHandle.object(data)?.inbox.signal = unsafe String(cString: name)
        }
        unsafe callbacks.pointee.channel_close_function = { _, _, data in
            unsafe ChannelHandle.object(data)?.inbox.isClosed = true
        }
    }

    /// Asks for a session channel; call again after `SSH_AGAIN`.
    func openSession() -> CInt { unsafe ssh_channel_open_session(pointer) }

    /// Asks for a connection to `host` from the other side; call again after `SSH_AGAIN`.
    func openTunnel(to host: String, port: Int) -> CInt {
        unsafe host.withCString { name in
            unsafe ssh_channel_open_forward(pointer, name, CInt(port), "127.0.0.1", 0)
        }
    }

    /// Asks for `command` to be run; call again after `SSH_AGAIN`.
    func requestExec(_ command: String) -> CInt {
        unsafe command.withCString { unsafe ssh_channel_request_exec(pointer, $0) }
    }

    /// Lets the other side send more than the 64,000 bytes that the library allows a new channel.
    ///
    /// It allows more only with the first bytes that come, which is a round trip too late for whoever has more to say by then; of a
    /// compressed connection that many bytes fit a few packets. Asking for more than is allowed makes it allow more.
    func widen() {
        guard isOpen else { return }
        let limit = Self.pieceSize * 2
        let early = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            let count = unsafe ssh_channel_read_timeout(pointer, buffer.baseAddress, UInt32(limit), 0, 0)
            filled = max(0, Int(count))
        }
        // Nothing is left with the library where callbacks take everything.
        guard !early.isEmpty else { return }
        unsafe early.withUnsafeBytes { bytes in
            unsafe inbox.append(bytes, from: .standardOutput, limit: Self.pieceSize)
        }
    }

    /// Takes over what was left with libssh, once nothing else waits.
    func fetchRetained() {
        guard inbox.retained > 0, inbox.count == 0 else { return }
        let limit = min(inbox.retained, 64_000)
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = unsafe Int(ssh_channel_read_nonblocking(pointer, &buffer, UInt32(limit), 0))
        inbox.retained = count > 0 ? inbox.retained - count : 0
        guard count > 0 else { return }
        unsafe buffer.withUnsafeBytes { bytes in
            unsafe inbox.append(
                UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), from: .standardOutput,
                limit: Self.pieceSize)
        }
    }

    /// Whether the channel is open in both directions.
    var isOpen: Bool { unsafe ssh_channel_is_open(pointer) != 0 }

    /// Sends as much of `bytes` as the other side's window and the socket take now; nil on failure.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        var sent = 0
        while sent < bytes.count, !session.hasUnsentBytes {
            let window = unsafe Int(ssh_channel_window_size(pointer))
            let part = bytes[(bytes.startIndex + sent)...].prefix(min(window, 32_000))
            guard !part.isEmpty else { break }
            let count = unsafe part.withUnsafeBytes { buffer in
                unsafe ssh_channel_write(pointer, buffer.baseAddress, UInt32(buffer.count))
            }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            sent += Int(count)
        }
        return sent
    }

    /// Tells the other side that nothing more comes.
    func sendEnd() { unsafe ssh_channel_send_eof(pointer) }

    /// Closes the channel in both directions.
    func close() {
        // The first call may stop after the end-of-file message when the socket is full.
        if unsafe ssh_channel_close(pointer) == SSH_AGAIN { unsafe ssh_channel_close(pointer) }
    }
}
