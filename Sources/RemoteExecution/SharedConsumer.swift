/// Gives the output of one run to two consumers, each of which understands its own part of it.
package struct SharedConsumer: ShellConsumer {
    private let first: any ShellConsumer
    private let second: any ShellConsumer

    /// - Parameters:
    ///   - first: gets each piece first; what it wants to send is not sent.
    ///   - second: answers, and says when the run is over.
    package init(_ first: any ShellConsumer, answering second: any ShellConsumer) {
        self.first = first
        self.second = second
    }

    package func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        _ = try await first.receive(bytes, from: stream)
        return try await second.receive(bytes, from: stream)
    }
}
