import RemoteExecution

/// Decides how a target is reached: what it says itself, then the OpenSSH configuration, then the defaults.
struct SSHRouteFinder: Sendable {
    let services: SSHServices

    /// The way to `target`, which messages call `name`.
    func route(
        to target: SSHTarget, named name: String?, trust: SSHEndpoint.Trust
    ) async throws(ShellError) -> SSHRoute {
        let shown = name.map { "\($0) (\(target))" } ?? target.description
        return SSHRoute(
            jumps: [],
            target: SSHEndpoint(
                label: shown, host: target.host, port: target.port ?? 22, user: target.user ?? "root",
                trust: trust, keyFiles: target.identityFile.map { [$0] } ?? [],
                defaultKeyFiles: services.settings.defaultKeyFiles, agentSocket: services.settings.agentSocket
            ))
    }
}
