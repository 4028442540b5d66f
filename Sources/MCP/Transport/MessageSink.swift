/// Where messages to one client go.
///
/// A transport has one for each way to a client: standard output, an event stream, the body of one answer.
public protocol MessageSink: Sendable {
    /// Sends a frame whole; returns when the client, or the way to it, has taken it.
    /// - Parameter request: the request it belongs to; nil for what belongs to none.
    func send(_ frame: OutgoingFrame, about request: RPCID?) async

    /// Lets the client go for a while, where it can come back for what follows; does nothing anywhere else.
    func rest(about request: RPCID?) async
}

extension MessageSink {
    /// Does nothing.
    public func rest(about request: RPCID?) async {}
}

/// What is sent as one piece.
public enum OutgoingFrame: Sendable, Equatable {
    case message(RPCMessage)
    /// The answers to a batch.
    case batch([RPCResponse])

    /// One line of UTF-8 without its line feed.
    public var bytes: [UInt8] {
        switch self {
        case .message(let message): message.bytes
        case .batch(let responses): RPCMessage.bytes(ofBatch: responses)
        }
    }
}
