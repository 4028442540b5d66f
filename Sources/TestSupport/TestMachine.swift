import Basics
import Glibc
package import RemoteExecution
import Synchronization

/// A whole Debian machine of its own: systemd as the first process, an SSH server and Docker, in namespaces.
///
/// `scripts/test-machine` makes it. It is up in a second or two; the first one of all waits about a minute, until what
/// all share is made in the folder that `HOLDFAST_MACHINE_CACHE` names, else in `/var/tmp/holdfast-machine`. With the
/// last reference it ends as in a power cut, and its disk is removed.
package final class TestMachine: Sendable {
    /// What containers can be made of without a registry.
    package enum Image: String, Sendable {
        /// A static BusyBox with the usual applets.
        case busybox
        /// A small Debian with PostgreSQL 15 in `/usr/lib/postgresql/15/bin`, and no cluster yet.
        case postgres
    }

    /// Accounts with the login key.
    package enum Account: String, Sendable {
        case root
        /// May do everything with sudo and without a password.
        case ops
        /// Is not known to sudo.
        case plain
    }

    /// A machine that did not do what a test asked.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Why no machine can run here; nil when one can.
    package static let missing: String? = {
        if HoldfastHome.program == nil { return "the program holdfast was not built" }
        do { try Shell.run("\(script) check") } catch { return "\(error)" }
        return nil
    }()

    private static let script = "'\(TestFiles.folder(of: #filePath))/../../scripts/test-machine'"
    private static let cache = ProcessEnvironment.all["HOLDFAST_MACHINE_CACHE"] ?? "/var/tmp/holdfast-machine"
    /// Made once for all machines of this process.
    private static let base = Result<Void, any Error> { try Shell.run("\(script) prepare '\(cache)' 2>&1") }

    private let folder: ScratchFolder
    private let state: String
    private let process = Mutex<pid_t?>(nil)

    /// Starts a machine and waits until systemd says that it is up.
    package init() throws {
        try Self.base.get()
        folder = try ScratchFolder()
        state = folder.path + "/machine"
        try start()
    }

    deinit { try? cut() }

    // MARK: Reaching it

    /// Its address on this machine; another one after each start, but the same after `restart()`.
    package var address: String { ready.first ?? "" }

    /// Where its SSH server listens.
    package let port = 22

    /// The path of the key that may log in to every account.
    package var loginKey: String { state + "/id" }

    /// Its public host key, the same for its whole life.
    package var hostKey: HostKey? { SSHServerFolder.publicKey(of: state + "/host") }

    /// Runs shell text inside as root, without SSH, and gives its standard output.
    /// - Throws: `Shell.Failure` when it ends with another status than zero.
    @discardableResult
    package func run(_ text: String) throws -> [UInt8] {
        let file = try ScratchFolder()
        try file.write(Array(text.utf8), to: "text")
        return try Shell.output("\(Self.script) exec '\(state)' /bin/sh -s <'\(file.path)/text' 2>&1")
    }

    /// The same as one line of text, without what surrounds it.
    package func line(_ text: String) throws -> String {
        let words = String(decoding: try run(text), as: UTF8.self)
        return words.split(separator: "\n", omittingEmptySubsequences: true).last.map(String.init) ?? ""
    }

    /// Runs `text` again and again until it succeeds.
    /// - Throws: `Failure` when it has not for half a minute.
    package func wait(for text: String) throws {
        do {
            try run("for i in $(seq 600); do { \(text)\n} >/dev/null 2>&1 && exit; sleep 0.05; done; exit 1")
        } catch { throw Failure(description: "in vain: \(text)") }
    }

    /// Copies a file or folder of this machine to `path` inside, with all that belongs to it.
    package func copy(_ source: String, to path: String) throws {
        try Shell.run(
            "tar -C '\(TestFiles.folder(of: source))' -cf - './\(source.split(separator: "/").last ?? ".")'"
                + " | \(Self.script) exec '\(state)' /bin/sh -c 'mkdir -p \"$0\" && tar -C \"$0\" -xpf -' '\(path)'"
        )
    }

    /// Writes a file inside, and the folders it needs.
    package func write(_ bytes: [UInt8], to path: String) throws {
        let file = try ScratchFolder()
        try file.write(bytes, to: "bytes")
        try Shell.run(
            "\(Self.script) exec '\(state)' /bin/sh -c 'mkdir -p \"${0%/*}\" && cat >\"$0\"' '\(path)' <'\(file.path)/bytes'"
        )
    }

    /// The content of a file inside.
    package func read(_ path: String) throws -> [UInt8] {
        try Shell.output("\(Self.script) exec '\(state)' cat '\(path)'")
    }

    /// Gives Docker an image under the name `image:1`; the name.
    @discardableResult
    package func importImage(_ image: Image) throws -> String {
        try run("docker import /opt/img/\(image.rawValue).tar \(image.rawValue):1")
        return image.rawValue + ":1"
    }

    // MARK: Its life

    /// Starts it, when it does not run.
    package func start() throws {
        try process.withLock { process in
            guard process == nil else { return }
            process = try SSHServerProcess.start(
                ["/bin/sh", "-c", "exec \(Self.script) run '\(Self.cache)' '\(state)'"],
                output: folder.path + "/output")
        }
        try awaitReady(after: nil)
    }

    /// Restarts it from inside, as `systemctl reboot` does.
    package func restart() throws {
        let before = ready.dropFirst().first
        _ = try? run("systemctl reboot")
        try awaitReady(after: before)
    }

    /// Shuts it down in good order.
    package func stop() throws {
        try Shell.run("\(Self.script) stop '\(state)'")
        try cut()
    }

    /// Ends it as a power cut would, with all that runs on it.
    package func cut() throws {
        process.withLock { process in
            guard let id = process else { return }
            SSHServerProcess.stop(id, with: SIGKILL)
            process = nil
        }
        for _ in 0..<2000 {
            if unsafe access(state + "/pid", F_OK) != 0 { return }
            usleep(5000)
        }
        throw Failure(
            description: "the machine does not end: " + SSHServerFolder.text(at: state + "/attend.log"))
    }

    /// Keeps its disk under `name`, for `restore(_:)`; shuts the machine down for it and starts it again.
    package func save(_ name: String) throws {
        try stop()
        try Shell.run("\(Self.script) save '\(state)' '\(name)'")
        try start()
    }

    /// Puts back the disk that `save(_:)` kept: the machine has a power cut and starts with it.
    package func restore(_ name: String) throws {
        try cut()
        try Shell.run("\(Self.script) restore '\(state)' '\(name)'")
        try start()
    }

    /// The lines of the file that says the machine is up; none while it is not.
    private var ready: [String] {
        SSHServerFolder.text(at: state + "/ready").split(whereSeparator: \.isNewline).map(String.init)
    }

    private func awaitReady(after before: String?) throws {
        for _ in 0..<12000 {
            let ready = ready
            if ready.count == 3, ready[1] != before { return }
            var status: CInt = 0
            let isGone = process.withLock { process in
                guard let id = process, unsafe waitpid(id, &status, WNOHANG) == id else {
                    return process == nil
                }
                process = nil
                return true
            }
            if isGone { break }
            usleep(10000)
        }
        let told = ["/output", "/machine/attend.log", "/machine/console.log"].map {
            String(SSHServerFolder.text(at: folder.path + $0).suffix(2000))
        }
        throw Failure(description: "the machine did not come up: " + told.joined(separator: "\n"))
    }
}

extension HoldfastHome {
    /// Registers `machine`, with its host key accepted, to log in to as `account`.
    package func add(
        _ machine: TestMachine, as name: String, account: TestMachine.Account = .root, more: [String] = []
    ) async throws {
        guard let key = machine.hostKey else { throw Unexpected(description: "the machine has no host key") }
        let outcome = try await run(
            [
                "device", "add", name, "\(account.rawValue)@\(machine.address)", "--identity",
                machine.loginKey,
                "--accept-fingerprint", key.fingerprint,
            ] + more)
        guard outcome.status == 0 else { throw Unexpected(description: outcome.story) }
    }
}
