/// Fetches documents of other servers.
public protocol HTTPFetching: Sendable {
    /// The body of a response with status 200.
    ///
    /// Follows no redirection. Cancelling has no effect once it began; it ends by its time.
    /// - Parameters:
    ///   - url: `https://…`, or `http://…` of this very machine.
    ///   - limit: the most bytes.
    /// - Throws: when it is no such address, nothing else comes within the time, or more than the limit.
    func get(_ url: String, limit: Int, within time: Duration) async throws(HTTPServerError) -> [UInt8]
}
