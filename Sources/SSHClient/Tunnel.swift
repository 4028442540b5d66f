import RemoteExecution

/// A connection carried through a jump host: bytes between a channel of its session and a local stream.
///
/// Either side is read only while the other takes what was read, so that little is ever held here.
final class Tunnel {
    /// The channel to the far side of the jump host.
    let channel: ChannelHandle
    /// Our end of the stream that carries the inner connection.
    let stream: Descriptor
    private var toStream: ArraySlice<UInt8> = []
    private var toChannel: ArraySlice<UInt8> = []
    /// Whether `stream` may hold unread bytes.
    var isReadable = true

    /// A tunnel between the two.
    init(channel: ChannelHandle, stream: Descriptor) {
        self.channel = channel
        self.stream = stream
    }

    /// Moves what can be moved now; false when the tunnel is over.
    func move() -> Bool { moveOut() && moveIn() }

    /// From the inner connection to the jump host.
    private func moveOut() -> Bool {
        while true {
            if !toChannel.isEmpty {
                guard let count = channel.write(toChannel) else { return false }
                toChannel = toChannel.dropFirst(count)
                if !toChannel.isEmpty { return true }
            }
            guard isReadable else { return true }
            switch stream.read(upTo: 32_000) {
            case .bytes(let bytes): toChannel = bytes[...]
            case .wouldBlock: isReadable = false
            case .ended, .failed: return false
            }
        }
    }

    /// From the jump host to the inner connection.
    private func moveIn() -> Bool {
        while true {
            if toStream.isEmpty {
                channel.fetchRetained()
                guard let piece = channel.inbox.take() else { return !channel.inbox.isClosed }
                toStream = piece.bytes[...]
            }
            switch stream.write(toStream) {
            case .wrote(let count): toStream = toStream.dropFirst(count)
            case .wouldBlock: return true
            case .failed: return false
            }
        }
    }
}
