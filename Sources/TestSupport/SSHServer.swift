import Basics
import Glibc
package import RemoteExecution

/// A real OpenSSH server on a free loopback port, with throw-away keys; stopped with the last reference.
package final class SSHServer: Sendable {
    /// What a test may ask of the server.
    package struct Options: Sendable {
        /// Kinds of host keys it has, each made anew.
        package var hostKeys: [SSHServerFolder.KeyKind] = [.ed25519]
        /// Lines of `sshd_config` before the fixture's own; the first value of a keyword wins.
        package var configuration: [String] = []
        /// Options before the login key in `authorized_keys`, for example `command="true"`.
        package var keyOptions = ""
        /// Address to listen on.
        package var address = "127.0.0.1"
        /// The port to listen on; nil for any free one.
        package var port: Int?

        package init() {}
    }

    /// Why no server can run here; nil when it can.
    package static var missing: String? {
        for program in ["/usr/sbin/sshd", "/usr/bin/ssh-keygen"] where unsafe access(program, X_OK) != 0 {
            return "\(program) is not installed"
        }
        return geteuid() == 0 ? nil : "an SSH server for tests needs root"
    }

    /// Its files; tests may add their own.
    package let folder: SSHServerFolder
    /// The address it listens on.
    package let address: String
    /// The port it listens on.
    package let port: Int
    /// An ed25519 key that may log in.
    package let loginKey: String
    /// The account to log in to.
    package let user = "root"
    private let process: pid_t

    /// Starts a server and waits until it answers.
    package init(_ options: Options = Options()) throws {
        folder = try SSHServerFolder()
        address = options.address
        port = try options.port ?? SSHServerSocket.freePort(on: options.address)
        loginKey = try folder.makeKey(.ed25519, named: "login")
        var lines = options.configuration
        for kind in options.hostKeys {
            lines.append("HostKey \(try folder.makeKey(kind, named: "host_\(kind.rawValue)"))")
        }
        let prefix = options.keyOptions.isEmpty ? "" : options.keyOptions + " "
        try folder.write(prefix + folder.read("login.pub"), to: "authorized_keys")
        lines += [
            "Port \(port)", "ListenAddress \(address)", "PidFile none", "StrictModes no", "UsePAM no",
            "LogLevel VERBOSE", "PermitRootLogin prohibit-password", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "MaxStartups 1000", "UseDNS no", "PrintMotd no",
            "AuthorizedKeysFile \(folder.file("authorized_keys"))",
            // The account's own shell start-up files may be slow or noisy.
            "SetEnv HOME=\(folder.path)",
        ]
        try folder.write(lines.joined(separator: "\n") + "\n", to: "sshd_config")
        unsafe mkdir("/run/sshd", 0o755)
        process = try SSHServerProcess.start([
            "/usr/sbin/sshd", "-D", "-f", folder.file("sshd_config"), "-E", folder.file("log"),
        ])
        // A probing connection would be counted, so the server's own word is waited for.
        var patience = 2000
        while logLines(with: "Server listening on").isEmpty, patience > 0 {
            usleep(5000)
            patience -= 1
        }
        guard patience > 0 else {
            SSHServerProcess.stop(process, with: SIGKILL)
            throw SystemError("sshd", folder.read("log"), code: ETIMEDOUT)
        }
    }

    deinit { SSHServerProcess.stop(process) }

    /// The public host key of one kind.
    package func hostKey(_ kind: SSHServerFolder.KeyKind = .ed25519) -> HostKey? {
        SSHServerFolder.publicKey(of: folder.file("host_\(kind.rawValue)"))
    }

    /// Lets the key pair at `path` log in too.
    package func authorize(_ path: String) throws {
        let known = folder.read("authorized_keys")
        try folder.write(known + SSHServerFolder.text(at: path + ".pub"), to: "authorized_keys")
    }

    /// The server as a target, to log in to with `key` or the login key.
    package func target(key: String? = nil) -> SSHTarget {
        SSHTarget(host: address, port: port, user: user, identityFile: key ?? loginKey)
    }

    /// The server as a device, with the host key of `kind` pinned.
    package func device(
        _ name: String = "server", key: String? = nil, pinning kind: SSHServerFolder.KeyKind = .ed25519
    ) throws -> Device {
        guard let name = DeviceName(name), let hostKey = hostKey(kind) else {
            throw SystemError("device", name, code: EINVAL)
        }
        return Device(
            name: name, connection: .ssh(target(key: key)), hostKey: hostKey, added: Timestamp(seconds: 0))
    }

    /// Lines of the server's log that contain `text`.
    package func logLines(with text: String) -> [Substring] {
        folder.read("log").split(whereSeparator: \.isNewline).filter { $0.contains(text) }
    }

    /// Connections accepted so far.
    package var connections: Int { logLines(with: "Connection from ").count }
    /// Commands started so far.
    package var commands: Int { logLines(with: "Starting session: ").count }
}
