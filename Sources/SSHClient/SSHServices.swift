import RemoteExecution

/// What all connections of one transport share.
final class SSHServices: Sendable {
    /// The thread and executor of all connections.
    let loop: EventLoop
    /// Private keys read from files.
    let keyRing: KeyRing
    /// How the transport behaves.
    let settings: SSHSettings
    /// Name resolution.
    let resolvers = Workers(limit: 8)
    /// Key files and passphrases.
    let keyReaders = Workers(limit: 1)
    /// Signatures by the agent.
    let signers = Workers(limit: 4)

    /// Starts the event loop.
    init(settings: SSHSettings) throws(ShellError) {
        self.settings = settings
        keyRing = KeyRing(passphrase: settings.passphrase)
        do {
            loop = try EventLoop()
        } catch {
            throw ShellError(.configuration, "Cannot start the SSH event loop: \(error)")
        }
    }
}
