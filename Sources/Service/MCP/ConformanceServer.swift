import HTTP
import MCP
import Operations
import StreamableHTTP

/// The fixtures of the protocol's conformance suite over HTTP, for programs of this machine alone.
struct ConformanceServer: Sendable {
    let http: any HTTPServing
    let sealer: any StateSealer

    /// Serves until the calling task is cancelled.
    /// - Parameters:
    ///   - address: address and port to listen on.
    ///   - announce: called once, with a line that says where it listens.
    func run(
        at address: String, announce: @escaping @Sendable (String) -> Void
    ) async throws(OperationError) {
        var options = ServeOptions()
        options.listen = [address]
        let plan = try ServePlan(options)
        guard !plan.isReachable else {
            throw OperationError(
                .argumentInvalid, "The fixtures are served to this machine alone",
                hint: "Give an address such as 127.0.0.1:0.")
        }
        let server = Server(
            information: MCPCommand.information, instructions: "Fixtures of the conformance suite.",
            content: ConformanceContent(), sealer: sealer)
        let sessions = MCPSessions()
        defer { sessions.endAll() }
        let handler = LateHandler()
        do {
            try await http.serve(HTTPServerSettings(endpoints: plan.endpoints), handler: handler) {
                endpoints in
                var router = HTTPRouter()
                MCPEndpoint(sessions: sessions) { (_) async throws(HTTPProblem) in
                    MCPClient(name: "anybody", rights: "", makeServer: { () throws(HTTPProblem) in server })
                }.add(to: &router)
                handler.set(
                    ServiceRoutes(plan: plan, policy: plan.policy(listening: endpoints), router: router))
                announce("holdfast: serving on " + endpoints.map { "http://\($0)" }.joined(separator: ", "))
            }
        } catch { throw OperationError(.ioFailed, error.message, hint: error.hint) }
    }
}
