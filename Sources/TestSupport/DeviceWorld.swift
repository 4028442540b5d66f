import Basics
import Glibc
package import RemoteExecution
import Synchronization

/// A machine of its own as far as a login over SSH can tell: a real OpenSSH server whose sessions live in another root.
///
/// It is a mount and process namespace, in which an overlay over this machine, or a folder with nothing but BusyBox, is
/// the root of every session. All that changes there is kept in memory and goes with the last reference, together
/// with every process.
package final class DeviceWorld: Sendable {
    /// What the sessions of a world find.
    package enum Userland: Sendable {
        /// This very machine's programs and files, copied when written.
        case host
        /// A static BusyBox with all its applets as links, and nothing else.
        case busybox
    }

    /// What a test may ask of a world.
    package struct Options: Sendable {
        package var userland = Userland.host
        /// Shell text that prepares the root, which is `$ROOT`, before the server starts.
        package var setup = ""
        /// The login shell, as the sessions see it.
        package var shell = "/bin/sh"
        /// Lines of `sshd_config` before the fixture's own; the first value of a keyword wins.
        package var configuration: [String] = []
        /// How much the root may grow by, as `mount -o size=` takes it.
        package var size = "256m"
        /// The port to listen on; nil for any free one.
        package var port: Int?

        package init(_ userland: Userland = .host, setup: String = "") {
            self.userland = userland
            self.setup = setup
        }
    }

    /// Why no world can be made here; nil when one can.
    package static let missing: String? = {
        if let reason = SSHServer.missing { return reason }
        if HoldfastHome.program == nil { return "the program holdfast was not built" }
        let probe = "unshare --mount --propagation private sh -c 'mount -t tmpfs tmpfs /mnt' 2>/dev/null"
        return (try? Shell.run(probe)) == nil ? "this machine allows no mount namespaces" : nil
    }()

    /// Why no world of BusyBox can be made here; nil when one can.
    package static let missingBusyBox: String? = {
        if let missing { return missing }
        let isStatic = (try? Shell.run("! ldd /bin/busybox >/dev/null 2>&1 && /bin/busybox true")) != nil
        return isStatic ? nil : "a static BusyBox is not installed"
    }()

    /// Keys, settings and log of the server.
    package let folder: SSHServerFolder
    package let port: Int
    /// An ed25519 key that may log in.
    package let loginKey: String
    private let process: pid_t
    private let isStopped = Atomic(false)
    private let address4 = "127.0.0.1"

    /// Builds the world and waits until its server answers.
    package init(_ options: Options = Options()) throws {
        folder = try SSHServerFolder()
        port = try options.port ?? SSHServerSocket.freePort(on: address4)
        loginKey = try folder.makeKey(.ed25519, named: "login")
        try folder.makeKey(.ed25519, named: "host_ed25519")
        try folder.write(folder.read("login.pub"), to: "authorized_keys")
        let lines =
            options.configuration + [
                "HostKey \(folder.file("host_ed25519"))", "Port \(port)", "ListenAddress \(address4)",
                "PidFile none",
                "StrictModes no", "UsePAM no", "LogLevel VERBOSE", "PermitRootLogin prohibit-password",
                "PasswordAuthentication no", "KbdInteractiveAuthentication no", "MaxStartups 1000",
                "UseDNS no",
                "PrintMotd no", "PrintLastLog no", "AuthorizedKeysFile \(folder.file("authorized_keys"))",
                "ChrootDirectory \(DeviceWorldScript.root)",
            ]
        try folder.write(lines.joined(separator: "\n") + "\n", to: "sshd_config")
        try folder.write(options.setup, to: "setup")
        try folder.write(DeviceWorldScript.text(options, folder: folder.path), to: "world")
        process = try SSHServerProcess.start(
            [
                "/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--propagation",
                "private",
                "/bin/sh", folder.file("world"),
            ], output: folder.file("story"))
        var patience = 6000
        while logLines(with: "Server listening on").isEmpty, patience > 0 {
            usleep(5000)
            var status: CInt = 0
            if unsafe waitpid(process, &status, WNOHANG) == process {
                throw SystemError("world", folder.read("story") + folder.read("log"), code: ECHILD)
            }
            patience -= 1
        }
        guard patience > 0 else {
            SSHServerProcess.stop(process, with: SIGKILL)
            throw SystemError("world", folder.read("story") + folder.read("log"), code: ETIMEDOUT)
        }
    }

    deinit { stop() }

    /// Ends the machine as a power cut would, with all that runs on it; its port is free afterwards.
    package func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        // The kernel ends every process of the namespace with its first one.
        SSHServerProcess.stop(process, with: SIGKILL)
    }

    /// The root of the sessions, seen from here.
    package var root: String { "/proc/\(process)/root" + DeviceWorldScript.root }

    /// What to register it as.
    package var address: String { "root@\(address4):\(port)" }

    /// The server's public host key.
    package var hostKey: HostKey? { SSHServerFolder.publicKey(of: folder.file("host_ed25519")) }

    /// A place in the namespace that no session sees; it shares its size with the root.
    package var disk: String { DeviceWorldScript.base }

    /// What in front of a command makes it run in the namespace, outside of the sessions' root.
    package var wrapper: [String] { ["/usr/bin/nsenter", "--mount", "--target", String(process), "--"] }

    /// Writes a file inside, and the folders it needs.
    package func write(_ bytes: [UInt8], to path: String) throws {
        try run("umask 022; mkdir -p '\(TestFiles.folder(of: path))'; rm -f '\(path)'; : >'\(path)'")
        try TestFiles.write(bytes, to: root + path)
    }

    /// Runs shell text inside, as the sessions do, and gives its standard output.
    @discardableResult
    package func run(_ script: String) throws -> [UInt8] {
        try folder.write(script, to: "command")
        return try Shell.output(
            "nsenter --mount --target \(process) -- chroot \(DeviceWorldScript.root) /bin/sh -s <'\(folder.file("command"))'"
        )
    }

    /// Runs shell text in the namespace, outside of the sessions' root, which is `$ROOT` there.
    @discardableResult
    package func runOutside(_ script: String) throws -> [UInt8] {
        try folder.write("ROOT=\(DeviceWorldScript.root)\n" + script, to: "command")
        return try Shell.output(
            "nsenter --mount --target \(process) -- /bin/sh -s <'\(folder.file("command"))'")
    }

    /// Every file that differs from how the machine was first made, with size and times, one a line.
    ///
    /// Two lists that are equal prove that nothing was left behind in between. Folders come without their times, which
    /// change when something came and went.
    package func changes() throws -> [Substring] {
        let list = try runOutside(
            """
            cd \(DeviceWorldScript.base)
            find upper device/tmp device/run device/var/tmp device/dev/shm -xdev ! -path upper/stub/log \\
            \\( -type d -printf '%y %m %p\\n' -o -printf '%y %m %s %C@ %p\\n' \\) 2>/dev/null | sort
            """)
        return String(decoding: list, as: UTF8.self).split(separator: "\n")
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
