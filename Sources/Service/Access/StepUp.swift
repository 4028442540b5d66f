import Basics
import HTTP
import MCP
import Operations
import StreamableHTTP

/// Tells those whom an authorization server speaks for which scope a call would need.
///
/// Only them, as only they can ask for more by themselves: for the holder of a token that was made here, and for callers
/// without one, a tool beyond their level does not exist. Which tools there are is no secret; what this server holds is.
struct StepUp: Sendable {
    let levels: LevelTable
    let oauth: OAuthResource

    /// Refuses the call of a tool that the caller's level does not reach.
    /// - Throws: 403 with a challenge that names the scope.
    func check(_ request: HTTPRequest, by principal: Principal) throws(HTTPProblem) {
        guard principal.hasIssuer, request.method == .post, let tool = Self.tool(in: request),
            let level = levels.levelNeeded(for: tool, by: principal),
            let scope = OAuthResource.scopes.first(where: { $0.level == level })?.name
        else { return }
        var problem = HTTPProblem(
            .forbidden, code: "insufficient-scope", "This call needs the scope \(scope)",
            hint: "Ask the authorization server for it.")
        let challenge = BearerChallenge(
            .insufficientScope, description: "This call needs more than the token allows", scope: scope,
            metadata: oauth.metadataAddress)
        problem.fields.set("WWW-Authenticate", challenge.value)
        throw problem
    }

    /// The tool that a request calls; nil for all else.
    private static func tool(in request: HTTPRequest) -> String? {
        guard case .message(.request(let call)) = RPCReader.read(request.body), call.method == "tools/call"
        else { return nil }
        return call.parameters["name"]?.string
    }
}
