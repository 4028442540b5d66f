import Basics
package import HTTP
package import MCP
package import Operations
import StreamableHTTP

/// Serves Holdfast over HTTP from start to end.
///
/// It reaches devices, backups and stores through operations alone, and knows no socket: whoever listens is handed in.
package struct Serve: Sendable {
    private let server: any HTTPServing
    private let fetcher: any HTTPFetching
    private let operations: [AnyOperation]
    private let sealer: any StateSealer
    private let executor: (any TaskExecutor)?
    private let context: OperationContext

    /// - Parameters:
    ///   - operations: what callers may be offered.
    ///   - sealer: seals what clients carry for the server.
    ///   - executor: where requests of assistants run; nil for the system's pool.
    ///   - context: what operations work with; its caller is never used.
    package init(
        server: any HTTPServing, fetcher: any HTTPFetching, operations: [AnyOperation],
        sealer: any StateSealer, executor: (any TaskExecutor)? = nil, context: OperationContext
    ) {
        self.server = server
        self.fetcher = fetcher
        self.operations = operations
        self.sealer = sealer
        self.executor = executor
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
        let sessions = MCPSessions()
        defer { sessions.endAll() }
        let scheme = plan.certificate == nil ? "http" : "https"
        do {
            try await server.serve(settings, handler: handler) { endpoints in
                handler.set(routes(plan, endpoints, sessions))
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

    private func routes(
        _ plan: ServePlan, _ endpoints: [HTTPEndpoint], _ sessions: MCPSessions
    ) -> ServiceRoutes {
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
        AccessRoutes(gate: gate, toolsets: plan.toolsets).add(to: &router)
        let servers = PrincipalServers(
            operations: operations, context: context, toolsets: plan.toolsets, sealer: sealer,
            executor: executor)
        let stepUp = oauth.map {
            StepUp(levels: LevelTable(operations: operations, toolsets: plan.toolsets), oauth: $0)
        }
        MCPEndpoint(sessions: sessions) { (request) async throws(HTTPProblem) in
            let principal = try await gate.principal(of: request)
            try stepUp?.check(request, by: principal)
            // For what outlives the request the caller is asked for again: tokens expire and are revoked.
            let head = HTTPRequest(request.head, peer: request.peer)
            return MCPClient(
                name: principal.actor, rights: principal.rights,
                isAdmitted: { await gate.admits(head, as: principal) },
                makeServer: { () throws(HTTPProblem) in try servers.server(for: principal) })
        }.add(to: &router)
        return ServiceRoutes(plan: plan, policy: plan.policy(listening: endpoints), router: router)
    }
}
