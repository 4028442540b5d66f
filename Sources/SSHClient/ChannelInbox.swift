import RemoteExecution

/// What arrived on a channel and was not taken yet, in order.
struct ChannelInbox {
    /// Bytes of one stream that follow each other.
    typealias Piece = (stream: OutputStreamKind, bytes: [UInt8])

    private(set) var pieces: [Piece] = []
    /// Bytes in `pieces`.
    private(set) var count = 0
    /// Bytes that ever arrived.
    private(set) var received: Int64 = 0
    /// The command's exit status, once told.
    var status: Int32?
    /// The name of the signal that ended the command, once told.
    var signal: String?
    /// Whether the other side closed the channel.
    var isClosed = false
    /// Bytes that were left with libssh because so much waits here already.
    var retained = 0

    /// Whether the other side has shown that the channel was opened.
    var hasBegun: Bool { received > 0 || status != nil || signal != nil || isClosed }

    /// Adds bytes; those of one stream are joined up to `limit` bytes a piece, whatever came between on the other.
    mutating func append(_ bytes: UnsafeRawBufferPointer, from stream: OutputStreamKind, limit: Int) {
        count += bytes.count
        received += Int64(bytes.count)
        if let last = pieces.lastIndex(where: { $0.stream == stream }),
            pieces[last].bytes.count + bytes.count <= limit
        {
            // Much comes: not copied anew each time it doubles.
            if pieces[last].bytes.count + bytes.count > limit / 8 {
                pieces[last].bytes.reserveCapacity(limit)
            }
            unsafe pieces[last].bytes.append(contentsOf: bytes)
        } else {
            unsafe pieces.append((stream, Array(bytes)))
        }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// Takes all pieces, the oldest first.
    mutating func takeAll() -> [Piece] {
        defer { (pieces, count) = ([], 0) }
        return pieces
    }

    /// Takes the oldest piece.
    mutating func take() -> Piece? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        count -= piece.bytes.count
        return piece
    }
}
