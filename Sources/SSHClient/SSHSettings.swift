package import Basics
import Glibc
package import RemoteExecution

/// How the SSH transport behaves for all devices.
package struct SSHSettings: Sendable {
    /// When the device compresses its output.
    package enum Compression: String, Sendable, CaseIterable {
        /// Unless the other side is near: a round trip of less than two milliseconds.
        case automatic
        case always
        case never
    }

    /// Gives the passphrase of a private key file; nil when there is none.
    ///
    /// It runs on a thread of its own and may block, at most once for each file.
    package typealias Passphrase = @Sendable (_ keyFile: String) -> Redacted<String>?
    /// Gives the keys that a jump host may present, for example those of a device that is this host.
    package typealias JumpHostKeys = @Sendable (_ jump: SSHTarget) -> [HostKey]

    /// Runs at the same time, over all devices; more wait in order.
    package var maxConnections = 64
    /// Runs at the same time on one device.
    package var perDevice = 4
    /// How long a connection is kept for the next run after one has ended; zero closes it at once.
    package var keepsIdle: Duration = .zero
    /// When devices compress what they send.
    package var compression: Compression = .automatic
    /// The folder that `~` stands for.
    package var home: String
    /// Whom to log in as when nothing else is said.
    package var localUser = "root"
    /// Variables that the OpenSSH configuration may refer to.
    package var environment: [String: String] = [:]
    /// The user's OpenSSH configuration; nil for none.
    package var configFile: String?
    /// The machine's OpenSSH configuration, read after the user's; nil for none.
    package var systemConfigFile: String?
    /// Where keys of jump hosts are looked up, unless the configuration names files.
    package var knownHostsFiles: [String]
    /// Keys tried when the configuration names none.
    package var defaultKeyFiles: [String]
    /// The socket of the SSH agent; nil for none.
    package var agentSocket: String?
    /// Asked for protected key files; nil leaves them to the agent.
    package var passphrase: Passphrase?
    /// Asked before the known hosts files.
    package var jumpHostKeys: JumpHostKeys?

    /// Settings that read nothing of the user's: no configuration, no agent, no default keys.
    package init(home: String = "/nonexistent") {
        self.home = home
        knownHostsFiles = []
        defaultKeyFiles = []
    }

    /// The usual settings of a user whose environment is given.
    ///
    /// `HOLDFAST_SSH_CONFIG` names another OpenSSH configuration (`none` for none at all), `HOLDFAST_KEY_PASSPHRASE`
    /// holds the passphrase of all protected keys, `SSH_AUTH_SOCK` leads to the agent.
    package init(environment: [String: String], home: String) {
        self.init(home: home)
        self.environment = environment
        localUser = ProcessEnvironment.accountName ?? environment["USER"] ?? "root"
        switch environment["HOLDFAST_SSH_CONFIG"] {
        case "none": break
        case let path? where !path.isEmpty: configFile = path
        default:
            configFile = home + "/.ssh/config"
            systemConfigFile = "/etc/ssh/ssh_config"
        }
        knownHostsFiles = [home + "/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"]
        defaultKeyFiles = ["id_ed25519", "id_ecdsa", "id_rsa"].map { home + "/.ssh/" + $0 }
        agentSocket = environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 }
        if let secret = environment["HOLDFAST_KEY_PASSPHRASE"].map(Redacted.init) {
            passphrase = { _ in secret }
        }
    }
}
