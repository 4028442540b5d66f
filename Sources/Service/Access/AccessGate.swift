import Basics
import HTTP
import JOSE
import Operations

/// Tells who sent a request, and refuses who may not come in: once, before every route that needs it.
struct AccessGate: Sendable {
    let context: OperationContext
    /// What callers without a token may do; nil for nothing.
    let openLevel: AccessLevel?
    let oauth: OAuthResource?
    let limiter: RateLimiter
    let refusals: RefusalRecorder

    /// Who sent the request.
    /// - Throws: 401 without credentials that count, 429 for who asks too often, 503 when tokens cannot be looked up.
    func principal(of request: HTTPRequest) async throws(HTTPProblem) -> Principal {
        let principal = try await identify(request)
        if let seconds = limiter.take(principal.actor) {
            throw HTTPProblem(
                .tooManyRequests, code: "too-many-requests", "Too many requests",
                fields: ["Retry-After": "\(seconds)"])
        }
        return principal
    }

    /// Whether the sender of a request that was let in would be let in again, as the same with the same rights.
    func admits(_ request: HTTPRequest, as principal: Principal) async -> Bool {
        do throws(HTTPProblem) { return try await identify(request) == principal } catch { return false }
    }

    private func identify(_ request: HTTPRequest) async throws(HTTPProblem) -> Principal {
        let token: String?
        do { token = try BearerToken.token(of: request.head, isToken: Self.isToken) } catch {
            await refusals.record(error.code, error.title, from: request.peer)
            throw challenged(error, .invalidRequest)
        }
        if let token { return try await known(token, from: request.peer) }
        if let openLevel, request.peer.isLocal, !Self.isForwarded(request.fields) {
            return Principal(actor: "local", level: openLevel, scope: .all, toolsets: [])
        }
        throw challenged(
            HTTPProblem(.unauthorized, code: "token-missing", "This needs a token", hint: Self.hint), nil)
    }

    /// Whether a text has the form of a token that may count here.
    static func isToken(_ text: String) -> Bool {
        text.hasPrefix(TokenSecret.prefix) || text.hasPrefix("ey") && SignedToken.resembles(text)
    }

    /// Whether somebody sent the request on, so that its neighbour on this machine may speak for a stranger.
    private static func isForwarded(_ fields: HTTPFields) -> Bool {
        ["forwarded", "x-forwarded-for", "x-real-ip", "via"].contains { fields[$0] != nil }
    }

    private static let hint =
        "Send one in the field Authorization: Bearer TOKEN. ‘holdfast token create’ makes one."

    private func known(_ token: String, from peer: HTTPPeer) async throws(HTTPProblem) -> Principal {
        if let oauth, SignedToken.resembles(token) {
            do { return try await oauth.principal(for: token) } catch {
                throw await refused("token-" + error.code.rawValue, error.reason, from: peer)
            }
        }
        let outcome: Result<TokenDesk.Grant, TokenDesk.Refusal>
        do throws(OperationError) {
            outcome = try await TokenDesk(services: context.services, clock: context.clock).grant(for: token)
        } catch {
            context.log.error("tokens cannot be looked up", ["reason": .string(error.message)])
            throw HTTPProblem(
                .serviceUnavailable, code: error.code.rawValue, "Tokens cannot be looked up at present")
        }
        switch outcome {
        case .success(let grant):
            return Principal(
                actor: "grant:\(grant.id)", level: grant.level, scope: grant.scope, toolsets: grant.toolsets)
        case .failure(let refusal):
            throw await refused(refusal.rawValue, "the token is \(refusal)", from: peer)
        }
    }

    /// What the client is told says no more than that the token does not count; why is on record.
    private func refused(_ code: String, _ reason: String, from peer: HTTPPeer) async -> HTTPProblem {
        await refusals.record(code, reason, from: peer)
        return challenged(
            HTTPProblem(.unauthorized, code: "token-invalid", "The token does not count", hint: Self.hint),
            .invalidToken)
    }

    private func challenged(_ problem: HTTPProblem, _ reason: BearerChallenge.Reason?) -> HTTPProblem {
        var problem = problem
        let challenge = BearerChallenge(
            reason, scope: OAuthResource.scopes[0].name, metadata: oauth?.metadataAddress)
        problem.fields.set("WWW-Authenticate", challenge.value)
        return problem
    }
}

/// Puts refused callers on record, each once, and of a flood of them only how many there were.
struct RefusalRecorder: Sendable {
    private let context: OperationContext
    /// A record costs a write that must be durable: strangers may not order any number of them.
    private let limiter = RateLimiter(rate: 1, burst: 30)

    init(context: OperationContext) { self.context = context }

    /// Records that somebody at `peer` was refused.
    func record(_ code: String, _ reason: String, from peer: HTTPPeer) async {
        let address = peer.address.isEmpty ? "a socket" : peer.address
        guard limiter.take("all") == nil else {
            context.log.warning("a caller was refused", ["code": .string(code), "from": .string(address)])
            return
        }
        let caller = Caller(actor: "stranger", surface: "http", level: .read)
        do throws(OperationError) {
            try await context.with(caller).recordRefusal(code, "\(reason), from \(address)")
        } catch {
            context.log.error("a refusal is not on the audit record", ["reason": .string(error.message)])
        }
    }
}
