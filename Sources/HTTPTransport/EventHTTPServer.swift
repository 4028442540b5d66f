package import HTTP

/// The HTTP server over libevent: one thread for all connections.
package struct EventHTTPServer: HTTPServing {
    package init() {}

    package func serve(
        _ settings: HTTPServerSettings, handler: any HTTPHandler,
        ready: @Sendable ([HTTPEndpoint]) async -> Void
    ) async throws(HTTPServerError) {
        let core = try ServerCore(settings, handler: handler)
        await ready(try await core.listen())
        await Self.untilCancelled()
        await core.end()
    }

    private static func untilCancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Never.self, bufferingPolicy: .bufferingOldest(1))
        // A stream that never has an element ends with its task.
        for await _ in stream {}
        continuation.finish()
    }
}
