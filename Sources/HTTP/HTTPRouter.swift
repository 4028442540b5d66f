/// Which handler answers a request, by path and method.
public struct HTTPRouter: Sendable {
    /// Answers a request; `parts` are the segments of the path that stood for a `*` of the route, in their order.
    public typealias Handler = @Sendable (_ request: HTTPRequest, _ parts: [String]) async -> HTTPResponse

    private struct Route: Sendable {
        let pattern: [String]
        var handlers: [(method: HTTPMethod, handler: Handler)]

        func parts(of segments: [String]) -> [String]? {
            guard segments.count == pattern.count else { return nil }
            var parts: [String] = []
            for (segment, wanted) in zip(segments, pattern) {
                if wanted == "*" { parts.append(segment) } else if segment != wanted { return nil }
            }
            return parts
        }
    }

    private var routes: [Route] = []

    /// A router without routes.
    public init() {}

    /// Adds a route.
    ///
    /// - Parameter path: for example `/api/v1/devices/*`, where `*` stands for one segment, whatever it holds.
    public mutating func add(_ method: HTTPMethod, _ path: String, _ handler: @escaping Handler) {
        let pattern = path.split(separator: "/").map(String.init)
        guard let place = routes.firstIndex(where: { $0.pattern == pattern }) else {
            routes.append(Route(pattern: pattern, handlers: [(method, handler)]))
            return
        }
        routes[place].handlers.append((method, handler))
    }

    /// What can be said before the body is there: that nothing is here, or not with this method.
    public func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        do throws(HTTPProblem) {
            _ = try find(head)
            return nil
        } catch { return error.response }
    }

    /// The answer to a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        do throws(HTTPProblem) {
            let (handler, parts) = try find(request.head)
            return await handler(request, parts)
        } catch { return error.response }
    }

    private func find(_ head: HTTPRequestHead) throws(HTTPProblem) -> (Handler, [String]) {
        // What reads also answers for the head of what it reads.
        let method = head.method == .head ? .get : head.method
        for route in routes {
            guard let parts = route.parts(of: head.target.segments), head.target.path != "*" else { continue }
            if let found = route.handlers.first(where: { $0.method == method }) {
                return (found.handler, parts)
            }
            var names = route.handlers.map(\.method.name)
            if names.contains("GET") { names.append("HEAD") }
            throw HTTPProblem(
                .methodNotAllowed, code: "method-refused", "There is no \(head.method.name) here",
                fields: ["Allow": names.sorted().joined(separator: ", ")])
        }
        throw HTTPProblem(.notFound, code: "path-unknown", "There is nothing at this path")
    }
}
