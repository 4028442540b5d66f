import CEvent
import Glibc

/// What comes over a socket that is not encrypted: read with one call of the system for each time that something came.
///
/// Belongs to the loop's thread, as the connection that keeps it.
@safe final class SocketInput {
    /// What a look at the socket found.
    enum Sight {
        /// Bytes, or nothing yet.
        case open
        /// The client will send nothing more.
        case ended
        /// The connection is gone.
        case broken
    }

    /// The most bytes that are kept, and read at once.
    static let limit = 16_384

    private let descriptor: Int32
    private let event: OpaquePointer
    private let space: ReadingSpace
    /// What was read and not taken.
    private(set) var bytes: [UInt8] = []
    private var isPaused = false

    /// - Parameters:
    ///   - space: where bytes lie for a moment; may be shared by all that belongs to the loop.
    ///   - body: runs on the loop with `context` when there is something to read.
    /// - Returns: nil when the system has no memory for one event.
    init?(
        _ descriptor: Int32, on base: OpaquePointer, _ space: ReadingSpace, _ body: event_callback_fn,
        _ context: UnsafeMutableRawPointer
    ) {
        guard
            let event = unsafe event_new(base, descriptor, Int16(EV_READ | EV_PERSIST), body, context)
        else { return nil }
        self.descriptor = descriptor
        unsafe self.event = event
        self.space = space
    }

    deinit { unsafe event_free(event) }

    /// Begins to look at the socket.
    func start() { unsafe event_add(event, nil) }

    /// Reads what came; no more is looked for after the end.
    func receive() -> Sight {
        let room = Self.limit - bytes.count
        guard room > 0 else { return .open }
        let count = unsafe recv(descriptor, space.start, room, Int32(MSG_DONTWAIT))
        guard count <= 0 else {
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: space.start, count: count))
            return .open
        }
        guard count < 0 else {
            unsafe event_del(event)
            return .ended
        }
        return errno == EAGAIN || errno == EINTR ? .open : .broken
    }

    /// What came and was not taken.
    func take() -> [UInt8] {
        if isPaused {
            isPaused = false
            start()
        }
        defer { bytes = [] }
        return bytes
    }

    /// Reads nothing more until `take` where as much came as is kept: a socket that has something would be seen again and again.
    func pauseWhenFull() {
        guard bytes.count >= Self.limit else { return }
        isPaused = true
        unsafe event_del(event)
    }
}

/// Memory that bytes are read into, made once.
///
/// Belongs to the loop's thread.
@safe final class ReadingSpace {
    let start: UnsafeMutableRawPointer

    init() { unsafe start = .allocate(byteCount: SocketInput.limit, alignment: 16) }

    deinit { unsafe start.deallocate() }
}
