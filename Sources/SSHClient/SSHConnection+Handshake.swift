import Basics
import CLibSSH
import Glibc
import RemoteExecution

extension SSHConnection {
    /// Where the round trip takes less, the wire is a local one, and compressing takes longer than sending.
    private static let nearness: Duration = .milliseconds(2)

    /// Connects (through `tunnel` if given), checks the host key and logs in.
    func open(through tunnel: Descriptor?, within limit: Duration) async throws(ShellError) {
        let deadline = loginDeadline(limit)
        try await greet(through: tunnel, until: deadline)
        try checkHostKey()
        try await logIn(until: deadline)
    }

    /// Connects and gives the key that the other side presents; no login.
    func observeHostKey(through tunnel: Descriptor?, within limit: Duration) async throws(ShellError)
        -> HostKey
    {
        try await greet(through: tunnel, until: loginDeadline(limit))
        guard let session else { throw brokenError("before its host key came") }
        return try session.serverKey()
    }

    private func loginDeadline(_ limit: Duration) -> Deadline {
        Deadline(
            min(limit, endpoint.connectLimit ?? limit), "\(endpoint.label) did not complete the login",
            hint: "It may be off, overloaded, or behind a firewall that drops packets.")
    }

    private func greet(through tunnel: Descriptor?, until deadline: Deadline) async throws(ShellError) {
        let socket: Descriptor
        if let tunnel { socket = tunnel } else { socket = try await dial(until: deadline) }
        do {
            try loop.attach(socket, to: key)
            use(socket)
            let isNear = socket.roundTrip.map { $0 < Self.nearness } ?? socket.leadsToLoopback
            try adopt(socket.duplicatedNumber(), isNear: isNear)
        } catch {
            throw error.asShellError("Cannot use a socket for \(endpoint.label)")
        }
        socket.acknowledgeQuickly()
        let result = try await advance(until: deadline) { () throws(ShellError) in
            // libssh 0.10 touches freed memory when its very first write fails.
            guard let session, !socket.isDead else { return SSH_ERROR }
            let result = session.connect()
            // libssh has just made the descriptor blocking; a full socket would then stop all connections.
            socket.setNonblocking()
            return result
        }
        guard result == SSH_OK else { throw greetingError() }
    }

    /// A new session on the socket `number`, which it owns from then on.
    private func adopt(_ number: CInt, isNear: Bool) throws(ShellError) {
        let session = try SessionHandle()
        try session.set(SSH_OPTIONS_PROCESS_CONFIG, 0)
        try session.set(SSH_OPTIONS_SSH_DIR, "/nonexistent")
        try session.set(SSH_OPTIONS_HOST, endpoint.host)
        try session.set(SSH_OPTIONS_USER, endpoint.user)
        let compresses =
            switch services.settings.compression {
            case .automatic: !isNear
            case .always: true
            case .never: false
            }
        try SSHAlgorithms.apply(to: session, hostKeys: hostKeyNames(), compresses: compresses)
        try session.adopt(number)
        self.session = session
    }

    private func hostKeyNames() throws(ShellError) -> [String] {
        guard case .keys(let keys) = endpoint.trust else { return SSHAlgorithms.hostKeys }
        let names = SSHAlgorithms.hostKeys(for: keys)
        guard !names.isEmpty else {
            let types = keys.map(\.algorithm).joined(separator: ", ")
            throw ShellError(
                .configuration,
                "The host key pinned for \(endpoint.label) is of a type that cannot be checked: \(types)")
        }
        return names
    }

    private func checkHostKey() throws(ShellError) {
        guard let session else { throw brokenError("before its host key came") }
        let presented = try session.serverKey()
        guard case .keys(let pinned) = endpoint.trust else {
            throw ShellError(
                .hostKeyUnknown,
                "No host key is known for \(endpoint.label); it presents \(presented.fingerprint)",
                hostKeys: [presented], jump: endpoint.jump)
        }
        guard pinned.contains(where: { $0.algorithm == presented.algorithm && $0.key == presented.key })
        else {
            throw Self.hostKeyChanged(endpoint, pinned: pinned, presented: presented)
        }
    }

    /// The error for a machine that presents another key than the one it had.
    static func hostKeyChanged(_ endpoint: SSHEndpoint, pinned: [HostKey], presented: HostKey) -> ShellError {
        let old = pinned.first { $0.algorithm == presented.algorithm } ?? pinned.first
        return ShellError(
            .hostKeyChanged,
            "The host key of \(endpoint.label) changed: expected \(old?.fingerprint ?? "none"), got "
                + presented.fingerprint,
            hint:
                "If the machine was reinstalled, look at the new key and trust it. Otherwise somebody may be"
                + " reading along.",
            hostKeys: [old, presented].compactMap(\.self), jump: endpoint.jump)
    }

    /// Why version or key exchange failed.
    private func greetingError() -> ShellError {
        let text = session?.errorText ?? ""
        let version = session?.serverVersion ?? ""
        if version.isEmpty, socket?.hasEnded == true {
            return ShellError(
                .unreachable,
                "\(endpoint.label) closed the connection before it named itself as an SSH server",
                hint: "Its SSH server may limit new connections (MaxStartups) or refuse this address.")
        }
        return ShellError(
            .protocolFailure,
            "No secure connection to \(endpoint.label)\(version.isEmpty ? "" : " (\(version))"): \(text)")
    }
}

extension Error {
    /// This error itself, or one that says what could not be done because of it.
    fileprivate func asShellError(_ failed: String) -> ShellError {
        self as? ShellError ?? ShellError(.unreachable, "\(failed): \(self)")
    }
}
