import RemoteExecution

/// One machine on the way to a device, everything about it decided.
struct SSHEndpoint: Sendable, Hashable {
    /// Which host keys are right.
    enum Trust: Sendable, Hashable {
        /// One of these; nothing else is asked for.
        case keys([HostKey])
        /// None yet: the presented key is reported and the connection ends before any login.
        case observe
    }

    /// How messages name it, for example `nas1 (root@10.0.0.5)`.
    var label: String
    /// The jump host as it is written; nil for the device itself.
    var jump: String?
    /// Name or address to connect to.
    var host: String
    /// 1…65535.
    var port: Int
    /// Whom to log in as.
    var user: String
    /// The host keys to accept.
    var trust: Trust
    /// Private keys to offer, best first.
    var keyFiles: [String]
    /// Keys tried after the agent's, when no others are named.
    var defaultKeyFiles: [String] = []
    /// Whether only keys of `keyFiles` may be offered, be it by the agent.
    var identitiesOnly = false
    /// The agent's socket; nil for none.
    var agentSocket: String?
    /// Kinds of addresses to use.
    var families: SocketAddress.Families = .any
    /// An upper bound for the login, from the OpenSSH configuration.
    var connectLimit: Duration?
}

/// The way to a device: the jump hosts in order and the device itself last.
struct SSHRoute: Sendable, Hashable {
    /// From the nearest to the last.
    var jumps: [SSHEndpoint]
    /// The machine itself.
    var target: SSHEndpoint

    /// The way to the last jump host; nil when the device is reached directly.
    var toLastJump: SSHRoute? {
        jumps.last.map { SSHRoute(jumps: Array(jumps.dropLast()), target: $0) }
    }
}
