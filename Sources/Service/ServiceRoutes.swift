import Basics
import HTTP
import Operations

/// All that the server answers: its routes behind the checks that every one of them has.
struct ServiceRoutes: HTTPHandler {
    let plan: ServePlan
    let policy: HostPolicy
    let router: HTTPRouter

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? {
        if let objection = plan.objection(to: peer) ?? policy.objection(to: head) {
            return objection.response
        }
        if let answer = policy.preflight(head) { return answer }
        return router.refusal(of: head).map { policy.shared($0, with: head) }
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        policy.shared(await router.respond(to: request), with: request.head)
    }
}

/// Whether the program lives, and whether it can do its work.
struct HealthRoutes: Sendable {
    let context: OperationContext

    private static let probe = AnyOperation(ListDevices.self)

    func add(to router: inout HTTPRouter) {
        router.add(.get, "/healthz") { _, _ in .text("ok\n") }
        router.add(.get, "/readyz") { _, _ in await readiness() }
    }

    /// Ready is a server whose store can be read; why it cannot is for the log and not for strangers.
    private func readiness() async -> HTTPResponse {
        do throws(OperationError) {
            let caller = Caller(actor: "service", surface: "http", level: .read)
            _ = try await Self.probe.call([:], in: context.with(caller))
            return .text("ready\n")
        } catch {
            return HTTPProblem(
                .serviceUnavailable, code: error.code.rawValue, "The store cannot be used",
                hint: "‘holdfast doctor’ on the server tells why."
            ).response
        }
    }
}

/// What callers are told of their own rights, and where rights come from.
struct AccessRoutes: Sendable {
    let gate: AccessGate
    /// Those of callers whose token names none.
    let toolsets: Set<Toolset>

    func add(to router: inout HTTPRouter) {
        router.add(.get, "/whoami") { request, _ in
            do throws(HTTPProblem) {
                return .json(bytes(of: try await gate.principal(of: request)))
            } catch {
                return error.response
            }
        }
        guard let oauth = gate.oauth else { return }
        let document = JSONWriter.bytes(oauth.metadata)
        for path in ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"] {
            // Any page may learn where tokens come from.
            router.add(.get, path) { _, _ in
                HTTPResponse(
                    .ok, ["Content-Type": "application/json", "Access-Control-Allow-Origin": "*"],
                    body: .bytes(document))
            }
        }
    }

    private func bytes(of principal: Principal) -> [UInt8] {
        JSONWriter.bytes([
            "actor": .string(principal.actor), "level": .string("\(principal.level)"),
            "devices": principal.scope.names.map { .array($0.map { .string($0) }) } ?? "all",
            "toolsets": .array(principal.effective(toolsets).map(\.rawValue).sorted().map { .string($0) }),
        ])
    }
}
