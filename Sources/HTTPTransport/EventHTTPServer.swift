package import Basics
package import HTTP

/// The HTTP server over libevent: all connections on one loop.
package struct EventHTTPServer: HTTPServing {
    private let workers: WorkerPool?

    /// - Parameter workers: where the handlers work; its threads wait for requests while they have nothing else to do. Nil for
    ///   handlers that work elsewhere: the loop has a thread of its own then.
    package init(workers: WorkerPool? = nil) { self.workers = workers }

    package func serve(
        _ settings: HTTPServerSettings, handler: any HTTPHandler,
        ready: @Sendable ([HTTPEndpoint]) async -> Void
    ) async throws(HTTPServerError) {
        if let lack = TransportLibraries.lackOfEvents {
            throw HTTPServerError("libevent cannot be loaded: \(lack)")
        }
        let core = try ServerCore(settings, handler: handler, workers: workers)
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
