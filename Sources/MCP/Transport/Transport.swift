/// A way between clients and a server: standard input and output, HTTP.
///
/// A transport cuts bytes into messages, hands them to a `Conversation` and gives it sinks for what comes back. Who may
/// connect, how much may be sent, and when a client is gone, is the transport's to say; what a message means is not.
public protocol Transport: Sendable {
    /// Serves until the clients are gone or the calling task is cancelled; then ends what is under way, within a bounded
    /// time.
    func serve(_ server: Server) async
}
