extension SSHConfig {
    /// The jump hosts on the way to a host, with nothing left to look up: addresses, ports and users.
    package struct Jumps: Sendable, Equatable {
        /// Each `[user@]host[:port]`, in order; the jump hosts of the first one stand before it.
        package var hosts: [String] = []
        /// Names of those that log in with a key of their own, which a list of hosts cannot hold.
        package var withOwnKey: [String] = []
    }

    /// Jump hosts that are reached through jump hosts of their own, at most.
    private static let mostJumps = 8

    /// The jump hosts of `host`.
    ///
    /// As in OpenSSH, the first is reached through jump hosts of its own, the others through the one before.
    /// - Throws: `configuration` when there are too many, one is reached by a command, or one is none.
    package func jumps(to host: ResolvedSSHHost, in context: Context) throws(ShellError) -> Jumps {
        var jumps = Jumps()
        try add(host.proxyJump ?? [], to: &jumps, depth: 0, in: context)
        return jumps
    }

    private func add(
        _ names: [String], to jumps: inout Jumps, depth: Int, in context: Context
    ) throws(ShellError) {
        for (index, name) in names.enumerated() {
            guard !SSHTarget.hasPassword(name) else {
                throw ShellError(
                    .configuration, "the user of a jump host holds a colon, which no user does",
                    hint: "Write [user@]host[:port].")
            }
            guard let written = SSHTarget(name) else {
                throw ShellError(
                    .configuration, "‘\(name)’ is no jump host", hint: "Write [user@]host[:port].")
            }
            let jump = resolve(written.host, user: written.user, in: context)
            if index == 0 {
                guard jump.proxyCommand == nil else {
                    throw ShellError(
                        .configuration,
                        "its jump host \(name) is reached through a ProxyCommand, which is not supported",
                        hint: "Use ProxyJump instead.")
                }
                guard depth + names.count < Self.mostJumps || jump.proxyJump?.isEmpty != false else {
                    throw ShellError(
                        .configuration, "it is behind more than \(Self.mostJumps) jump hosts",
                        hint: "See whether one of them leads back to another.")
                }
                try add(jump.proxyJump ?? [], to: &jumps, depth: depth + names.count, in: context)
            }
            let target = SSHTarget(
                host: jump.hostName, port: written.port ?? jump.port, user: written.user ?? jump.user)
            jumps.hosts.append(target.description)
            if !jump.identityFiles.isEmpty { jumps.withOwnKey.append(name) }
        }
    }
}
