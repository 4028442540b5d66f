import Basics
import Dispatch
import Glibc

/// A real SSH agent, or a socket that behaves like one that never answers; stopped with the last reference.
package final class SSHServerAgent: Sendable {
    /// The path of its socket.
    package let socket: String
    private let process: pid_t?
    private let listener: CInt?

    /// Starts an agent whose socket is in `folder`.
    package init(in folder: SSHServerFolder, stalls: Bool = false) throws {
        socket = folder.file("agent")
        if stalls {
            listener = try SSHServerSocket.listen(atPath: socket)
            process = nil
        } else {
            listener = nil
            process = try SSHServerProcess.start(["/usr/bin/ssh-agent", "-D", "-a", socket])
            var patience = 2000
            // 2 means that there is no agent, 1 that it holds no keys.
            while try Self.ask(socket, ["-l"]) == 2, patience > 0 {
                usleep(5000)
                patience -= 1
            }
        }
    }

    deinit {
        if let process { SSHServerProcess.stop(process) }
        if let listener { close(listener) }
    }

    /// Waits until somebody has connected to the one that never answers.
    package func waitForClient() async {
        guard let listener else { return }
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "agent").async {
                var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&entry, 1, 30_000)
                continuation.resume()
            }
        }
    }

    /// Gives the agent an unprotected private key.
    package func add(_ key: String) throws {
        guard try Self.ask(socket, ["-q", key]) == 0 else { throw SystemError("ssh-add", key, code: EINVAL) }
    }

    private static func ask(_ socket: String, _ arguments: [String]) throws -> CInt {
        try SSHServerProcess.run(
            ["/usr/bin/ssh-add"] + arguments, environment: ["PATH=/usr/bin:/bin", "SSH_AUTH_SOCK=\(socket)"])
    }
}
