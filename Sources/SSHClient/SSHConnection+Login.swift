import CLibSSH
import RemoteExecution

extension SSHConnection {
    /// Logs in with the first key that is accepted: the named files, the agent's other keys, the default files.
    ///
    /// A key that is at hand is offered with its signature at once, without asking first whether it would do.
    func logIn(until deadline: Deadline) async throws(ShellError) {
        defer { closeBridge() }
        for path in endpoint.keyFiles {
            if try await offerFile(path, until: deadline) { return }
        }
        if !endpoint.identitiesOnly {
            for identity in try await agentIdentities(until: deadline) {
                if try await offerAgentKey(identity, until: deadline) { return }
            }
        }
        for path in endpoint.defaultKeyFiles {
            if try await offerFile(path, until: deadline, isDefault: true) { return }
        }
        throw login.refusal(by: endpoint.label, accepting: session?.acceptedMethods ?? [])
    }

    private func offerFile(
        _ path: String, until deadline: Deadline, isDefault: Bool = false
    ) async throws(ShellError) -> Bool {
        guard login.mayOffer else { return false }
        switch try await finding(path, until: deadline) {
        case .key(let key):
            guard login.offers(key.publicKey, named: path) else { return false }
            return try await offer(until: deadline) { $0.authenticate(with: key) }
        case .locked(let publicKey, let hasWrongPassphrase):
            let identities = try await agentIdentities(until: deadline)
            if let identity = identities.first(where: { $0.publicKey == publicKey }) {
                return try await offerAgentKey(identity, until: deadline)
            }
            login.skips(
                path,
                because: hasWrongPassphrase
                    ? "the passphrase given does not open it, and no agent holds it"
                    : "it needs a passphrase or an agent that holds it")
        case .missing:
            if !isDefault { login.skips(path, because: "no such file") }
        case .unusable(let reason):
            login.skips(path, because: reason)
        }
        return false
    }

    private func finding(_ path: String, until deadline: Deadline) async throws(ShellError) -> KeyRing.Finding
    {
        if let known = services.keyRing.known(path) { return known }
        return try await outsource(to: services.keyReaders, until: deadline) { [services] in
            services.keyRing.load(path)
        }
    }

    /// Makes one login attempt; true when it was accepted.
    private func offer(
        until deadline: Deadline, _ attempt: (SessionHandle) -> CInt
    ) async throws(ShellError) -> Bool {
        let result = try await advance(SSH_AUTH_AGAIN.rawValue, until: deadline) {
            session.map(attempt) ?? SSH_AUTH_ERROR.rawValue
        }
        return try judge(result)
    }

    /// Whether `result` of an attempt means that the login is done.
    func judge(_ result: CInt) throws(ShellError) -> Bool {
        if result == SSH_AUTH_SUCCESS.rawValue { return true }
        if result == SSH_AUTH_PARTIAL.rawValue {
            throw ShellError(
                .authenticationFailed,
                "\(endpoint.label) accepted the key and asks for more: "
                    + (session?.acceptedMethods ?? []).joined(separator: ", "),
                hint: "Holdfast logs in with a key alone; allow that for this account.")
        }
        if isAtEnd { throw endedError() }
        return false
    }

    private func endedError() -> ShellError {
        guard !login.offered.isEmpty else { return brokenError("during the login") }
        let refusal = login.refusal(by: endpoint.label, accepting: session?.acceptedMethods ?? [])
        return ShellError(
            .authenticationFailed, "\(refusal.message); then it hung up: \(session?.errorText ?? "")",
            hint: refusal.hint)
    }
}
