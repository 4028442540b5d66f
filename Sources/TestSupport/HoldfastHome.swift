package import Basics
import Glibc
import RemoteExecution
import Synchronization

/// A home of the built program in a scratch folder, and the ways a test calls the program with it.
///
/// The program is the one that `HOLDFAST_BINARY` names, else `holdfast` beside the running test bundle.
package final class HoldfastHome: Sendable {
    /// A call that should have ended with another status.
    package struct Unexpected: Error, CustomStringConvertible {
        package let description: String
    }

    /// The path of the program; nil when it was not built.
    package static let program: String? = {
        let named = ProcessEnvironment.all["HOLDFAST_BINARY"]
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(
            decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = named ?? TestFiles.folder(of: bundle) + "/holdfast"
        return unsafe access(path, X_OK) == 0 ? path : nil
    }()

    /// Whether the big versions of the tests were asked for with `HOLDFAST_EXTENDED=1`.
    package static let isExtended = ProcessEnvironment.all["HOLDFAST_EXTENDED"] == "1"

    /// A folder for the test's own use, beside the home.
    package let scratch: ScratchFolder
    /// The folder given with `--home`.
    package let path: String
    private let environment: [String: String]
    /// Words before the program's own path.
    private let wrapper: [String]
    private let worlds: Mutex<[DeviceWorld]>

    /// A home that does not exist yet.
    /// - Parameter world: the program runs in its namespace, with the home on its small disk.
    package init(in world: DeviceWorld? = nil, environment: [String: String] = [:]) throws {
        scratch = try ScratchFolder()
        path = world.map { $0.disk + "/home" } ?? scratch.path + "/home"
        wrapper = world?.wrapper ?? []
        worlds = Mutex(world.map { [$0] } ?? [])
        let base = [
            "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": scratch.path, "LC_ALL": "C.UTF-8",
        ]
        self.environment = base.merging(environment) { $1 }
    }

    /// A home that was set up with `init`.
    package static func initialised(environment: [String: String] = [:]) async throws -> HoldfastHome {
        let home = try HoldfastHome(environment: environment)
        try await home.expect(0, "init")
        return home
    }

    /// Starts the program and does not wait for it.
    package func start(_ arguments: [String]) throws -> HoldfastRun {
        guard let program = Self.program else { throw Unexpected(description: "holdfast was not built") }
        return try HoldfastRun(
            wrapper + [program, "--home", path], arguments, environment: environment)
    }

    /// Runs the program to its end.
    package func run(_ arguments: [String], within limit: Duration = .seconds(240)) async throws
        -> HoldfastRun.Outcome
    {
        try await start(arguments).outcome(within: limit)
    }

    /// Runs the program on a terminal of its own, as a person would, who types `answer` and a line feed.
    /// - Parameter ahead: typed as well, before the program asks.
    package func onTerminal(
        _ arguments: [String], typing answer: String, ahead: String = "",
        within limit: Duration = .seconds(60)
    ) async throws -> HoldfastRun.Outcome {
        guard let program = Self.program else { throw Unexpected(description: "holdfast was not built") }
        let words = (wrapper + [program, "--home", path] + arguments).map { ShellQuoting.word($0) }
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        return try await HoldfastRun(
            [
                "/bin/sh", "-c", Self.typist, folder.path, words.joined(separator: " "), answer, ahead,
            ], [], environment: environment
        ).outcome(within: limit)
    }

    /// Waits until the screen ends with a question before it types, and keeps the terminal until the program ended.
    ///
    /// The program begins once the terminal holds what is typed ahead, which it shows.
    private static let typist = #"""
        { if [ -n "$3" ]; then
              printf '%s\n' "$3"
              until grep -qsFx -- "$3$(printf '\r')" "$0/screen" || [ -e "$0/end" ]; do sleep 0.05; done
          fi
          : >"$0/begin"
          until [ -e "$0/end" ]; do
              case $(tail -c 2 "$0/screen" 2>/dev/null; echo x) in
                  "? x"* | ": x"* | "] x"*) printf '%s\n' "$2"; break ;;
              esac
              sleep 0.05
          done
          until [ -e "$0/end" ]; do sleep 0.05; done
        } | { script -qefc "until [ -e '$0/begin' ]; do sleep 0.05; done; $1" "$0/screen"; status=$?; : >"$0/end"; exit $status; }
        """#

    /// Says yes to a plan, as a person does: types the device's name at a terminal.
    package func approve(_ plan: String, of device: String) async throws {
        let outcome = try await onTerminal(["approve", plan], typing: device)
        guard outcome.status == 0 else { throw Unexpected(description: outcome.story) }
    }

    /// Takes a run back as a person does who is asked for it.
    @discardableResult
    package func undo(_ run: String, of device: String, status: Int = 0) async throws -> String {
        let outcome = try await onTerminal(["restore", "undo", run], typing: device, within: .seconds(240))
        guard outcome.status == status else { throw Unexpected(description: outcome.story) }
        return outcome.story
    }

    /// Runs the program to its end, which must come by itself and with `status`.
    /// - Throws: `Unexpected`, with all that was printed, when it does not.
    @discardableResult
    package func expect(_ status: Int, _ arguments: String..., within limit: Duration = .seconds(240))
        async throws
        -> HoldfastRun.Outcome
    {
        let outcome = try await run(arguments, within: limit)
        guard outcome.status == status, !outcome.isTimedOut else {
            throw Unexpected(description: "expected status \(status)\n\(outcome.story)")
        }
        return outcome
    }

    /// The same with `--json`, as a tree.
    @discardableResult
    package func json(_ status: Int, _ arguments: String..., within limit: Duration = .seconds(240))
        async throws
        -> JSONValue
    {
        let outcome = try await run(arguments + ["--json"], within: limit)
        guard outcome.status == status, !outcome.isTimedOut, let value = try? outcome.json() else {
            throw Unexpected(description: "expected status \(status) and JSON\n\(outcome.story)")
        }
        return value
    }

    /// Registers the server of `world`, with its host key accepted; the world lives as long as the home.
    package func add(_ world: DeviceWorld, as name: String, more: [String] = []) async throws {
        worlds.withLock { $0.append(world) }
        guard let key = world.hostKey else { throw Unexpected(description: "the world has no host key") }
        let outcome = try await run(
            [
                "device", "add", name, world.address, "--identity", world.loginKey, "--accept-fingerprint",
                key.fingerprint,
            ] + more)
        guard outcome.status == 0 else { throw Unexpected(description: outcome.story) }
    }

    /// The backup of one device as `backup create` reports it.
    package func backUp(_ device: String, _ more: String..., expecting status: Int = 0) async throws
        -> JSONValue
    {
        let outcome = try await run(["backup", "create", device, "--json"] + more)
        guard outcome.status == status, let backup = try outcome.json()["backups"]?.array?.first else {
            let shown = try await run(["backup", "show", "latest:" + device])
            throw Unexpected(description: "expected status \(status)\n\(outcome.story)\n\(shown.text)")
        }
        return backup
    }

    /// Writes a backup out; the folder it lies in.
    package func export(_ backup: String, _ more: String..., to name: String) async throws -> String {
        let folder = scratch.path + "/" + name
        let outcome = try await run(["backup", "export", backup, "--to", folder] + more)
        guard outcome.status == 0 || outcome.status == 3 else { throw Unexpected(description: outcome.story) }
        return folder
    }
}
