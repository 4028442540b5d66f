import Basics
import HTTP
import Operations

/// All that the server answers: its routes behind the checks that every one of them has.
struct ServiceRoutes: HTTPHandler {
    let policy: HostPolicy
    let router: HTTPRouter

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? {
        policy.objection(to: head)?.response ?? router.refusal(of: head)
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse { await router.respond(to: request) }
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
