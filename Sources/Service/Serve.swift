import Basics
package import HTTP
package import Operations
import Synchronization

/// Serves Holdfast over HTTP from start to end.
///
/// It reaches devices, backups and stores through operations alone, and knows no socket: whoever listens is handed in.
package struct Serve: Sendable {
    private let server: any HTTPServing
    private let fetcher: any HTTPFetching
    private let context: OperationContext

    /// - Parameters:
    ///   - context: what operations work with; its caller is never used.
    package init(server: any HTTPServing, fetcher: any HTTPFetching, context: OperationContext) {
        self.server = server
        self.fetcher = fetcher
        self.context = context
    }

    /// Serves until the calling task is cancelled, then ends in order.
    ///
    /// - Parameter announce: called once, with a line for people that says where it listens.
    package func run(
        _ options: ServeOptions, announce: @escaping @Sendable (String) -> Void
    ) async throws(OperationError) {
        let plan = try ServePlan(options)
        try plan.check(hasToken: try await hasTokens(plan))
        var settings = HTTPServerSettings(endpoints: plan.endpoints, certificate: plan.certificate)
        // All clients of a proxy come from one address.
        if !plan.proxies.isEmpty { settings.connectionsPerAddress = settings.connections }
        let handler = LateHandler()
        let scheme = plan.certificate == nil ? "http" : "https"
        do {
            try await server.serve(settings, handler: handler) { endpoints in
                handler.set(routes(plan, endpoints))
                let places = endpoints.map { endpoint in
                    if case .socket = endpoint { "\(endpoint)" } else { "\(scheme)://\(endpoint)" }
                }
                context.log.info("serving", ["endpoints": .array(places.map { .string($0) })])
                announce("holdfast: serving on " + places.joined(separator: ", "))
            }
        } catch { throw OperationError(.ioFailed, error.message, hint: error.hint) }
        context.log.info("served to the end")
    }

    /// Whether callers could show a token; asked for only where they must.
    private func hasTokens(_ plan: ServePlan) async throws(OperationError) -> Bool {
        guard plan.isReachable, plan.oauth == nil else { return true }
        return try await TokenDesk(services: context.services, clock: context.clock).hasValidToken()
    }

    private func routes(_ plan: ServePlan, _ endpoints: [HTTPEndpoint]) -> ServiceRoutes {
        let oauth = plan.oauth.map { oauth in
            OAuthResource(
                issuer: oauth.issuer, resource: oauth.resource, keys: KeyRing(oauth.keys, fetcher: fetcher),
                clock: context.clock)
        }
        let gate = AccessGate(
            context: context, openLevel: plan.openLevel, oauth: oauth,
            limiter: RateLimiter(rate: plan.requestsPerSecond, burst: 2 * plan.requestsPerSecond),
            refusals: RefusalRecorder(context: context))
        var router = HTTPRouter()
        HealthRoutes(context: context).add(to: &router)
        AccessRoutes(gate: gate).add(to: &router)
        return ServiceRoutes(plan: plan, policy: plan.policy(listening: endpoints), router: router)
    }
}

/// A handler that is known only when the server listens, as its port is part of what it answers to.
private final class LateHandler: HTTPHandler {
    private let handler = Mutex<(any HTTPHandler)?>(nil)

    private static let early = HTTPProblem(.serviceUnavailable, code: "starting", "The server is starting")

    func set(_ handler: any HTTPHandler) { self.handler.withLock { $0 = handler } }

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? {
        guard let handler = handler.withLock(\.self) else { return Self.early.response }
        return handler.refusal(of: head, from: peer)
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard let handler = handler.withLock(\.self) else { return Self.early.response }
        return await handler.respond(to: request)
    }
}
