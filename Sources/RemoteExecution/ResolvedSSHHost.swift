/// What an OpenSSH configuration says about one host; nil where it says nothing.
package struct ResolvedSSHHost: Sendable, Equatable {
    /// Which kinds of addresses may be used.
    package enum AddressFamily: String, Sendable {
        case any
        case version4 = "inet"
        case version6 = "inet6"
    }

    /// The name that was asked for.
    package var alias: String
    /// Name or address to connect to; the alias where the configuration gives no other.
    package var hostName: String
    /// 1…65535.
    package var port: Int?
    /// Whom to log in as.
    package var user: String?
    /// Private keys in order, absolute.
    package var identityFiles: [String] = []
    /// Whether only these keys may be offered.
    package var identitiesOnly = false
    /// The agent's socket; an empty text for none at all.
    package var identityAgent: String?
    /// Jump hosts in order; empty when the configuration says `none`.
    package var proxyJump: [String]?
    /// A command that would carry the connection; it is never run.
    package var proxyCommand: String?
    /// Files with known host keys, absolute.
    package var knownHostsFiles: [String]?
    /// The name under which the host's key is known.
    package var hostKeyAlias: String?
    /// Longest time for connecting.
    package var connectTimeout: Duration?
    /// Kinds of addresses to use.
    package var addressFamily: AddressFamily = .any

    /// A host about which nothing is known.
    package init(alias: String) {
        self.alias = alias
        hostName = alias
    }
}
