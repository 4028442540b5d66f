import Basics
import RemoteExecution
import TestSupport
import Testing
import Vault

@testable import Restore

@Suite struct ContainerDrillTests {
    private typealias Engine = RecordedEngine

    private func drill(
        _ containers: [JSONValue], networks: [JSONValue] = [], entries: [FileEntry] = []
    ) -> ContainerDrill {
        let engine = Engine.state(containers, networks: networks)
        return ContainerDrill(engine, id: .random(), entries: entries, damaged: [], order: [:])
    }

    /// What the program would have the engine do: the words of each call, with `IMAGE` and `/vols` for what only the
    /// engine knows, and its variables.
    private func calls(_ drill: ContainerDrill) throws -> (words: [[String]], variables: [String]) {
        let parts = drill.step(patience: 9).script.split(separator: "\nhf_unpack\n", maxSplits: 1)
        let program = String(try #require(parts.count == 2 ? parts[1] : nil))
        let scratch = try ScratchFolder()
        let stubs = #"""
            set -u
            hf_root_folder=/vols
            hf_image() { hf_image=IMAGE; }
            hf_say() { printf '%s\0' "$@" '|'; }
            hf_network() { hf_say network "$@"; }
            hf_make() { shift; hf_say "$@"; hf_env >>"$V"; }
            hf_connect() { hf_say "$@"; }
            hf_prove() { :; }
            """#
        let place = scratch.path + "/program"
        try TestFiles.write(Array((stubs + "\n" + program).utf8), to: place)
        let said = try Shell.output("V='\(scratch.path)/v'; export V; : >\"$V\"; sh '\(place)'")
        let words = said.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        let variables = try Shell.output("cat '\(scratch.path)/v'")
        return (
            words.split(separator: "|").map { Array($0) },
            String(decoding: variables, as: UTF8.self).split(separator: "\n").map(String.init)
        )
    }

    @Test(
        arguments: [
            ("--privileged", ["Privileged": true]), ("--ipc", ["IpcMode": "host"]),
            ("--ipc", ["IpcMode": "container:x"]),
            ("--security-opt", ["SecurityOpt": ["seccomp=unconfined"]]),
            ("--runtime", ["Runtime": "other"]), ("--pid", ["PidMode": "host"]),
            ("--cap-add", ["CapAdd": ["SYS_ADMIN"]]),
            ("--device", ["Devices": [["PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda"]]]),
        ] as [(String, [String: JSONValue])])
    func `what reaches out of its container is not started`(_ option: String, _ host: [String: JSONValue]) {
        let drill = drill([Engine.container("a", host: host)])
        #expect(drill.names.isEmpty)
        #expect(drill.checks.map(\.outcome) == [.notChecked])
        #expect(drill.checks.first?.reason.contains("(\(option))") == true)
    }

    @Test func `what an engine has by itself keeps nothing from starting`() {
        let host: [String: JSONValue] = [
            "IpcMode": "private", "CgroupnsMode": "host", "Runtime": "runc",
            "SecurityOpt": ["no-new-privileges"],
        ]
        #expect(drill([Engine.container("a", host: host)]).names == ["a"])
    }

    @Test func `a value that looks like an option stays the value of its own`() throws {
        let config: [String: JSONValue] = [
            "Hostname": "--log-opt", "StopSignal": "--mac-address", "Tty": true,
            "Healthcheck": ["Test": ["CMD-SHELL", "--privileged=true"]],
        ]
        let words = try calls(drill([Engine.container("a", config: config)])).words[0]
        let place = try #require(words.firstIndex(of: "--privileged=true"))
        #expect(words[place - 1] == "--health-cmd")
        let signal = try #require(words.firstIndex(of: "--stop-signal"))
        #expect(words[signal + 1] == "--mac-address")
        #expect(words.contains("--tty"))
        #expect(words.suffix(3) == ["IMAGE", "sleep", "1"])
    }

    @Test func `variables are no arguments, but for those that no line can hold`() throws {
        let env: JSONValue = ["PASSWORD=hunter2", "X='@IMAGE@' $(id) \\n", "TWO=a\nb", "#N=1", "E="]
        let (words, variables) = try calls(drill([Engine.container("a", config: ["Env": env])]))
        #expect(variables == ["E=", "PASSWORD=hunter2", "X='@IMAGE@' $(id) \\n"])
        #expect(!words[0].contains { $0.contains("hunter2") })
        let given = words[0].indices.filter { words[0][$0] == "--env" }.map { words[0][$0 + 1] }
        #expect(given == ["#N=1", "TWO=a\nb"])
        let file = try #require(words[0].firstIndex(of: "--env-file"))
        #expect(words[0][file + 1] == "/dev/stdin")
    }

    @Test func `no port, no way out, and the first network takes the place of the engine's own`() throws {
        let engine = Engine.container(
            "a", port: "80", host: ["PublishAllPorts": true, "RestartPolicy": ["Name": "always"]])
        var members = try #require(engine.object)
        members["NetworkSettings"] = [
            "Networks": ["bridge": [:], "one": ["Aliases": ["x"]], "two": ["Aliases": []]]
        ]
        let drill = drill(
            [.object(members)],
            networks: [Engine.network("one", "10.1.0.0/24"), Engine.network("two", "10.2.0.0/24")])
        let words = try calls(drill).words
        #expect(words.count == 4)
        let made = words[2]
        #expect(!made.contains { $0.hasPrefix("--publish") })
        let network = try #require(made.firstIndex(of: "--network"))
        #expect(made[network + 1] == "\(drill.prefix)-one")
        let restart = try #require(made.firstIndex(of: "--restart"))
        #expect(made[restart + 1] == "no")
        #expect(words[3].prefix(2) == ["network", "connect"])
        #expect(words[3].suffix(2) == ["\(drill.prefix)-two", "\(drill.prefix)-a"])
    }

    @Test func `bind mounts are copies where the backup holds them, others are left out`() throws {
        let entries = [
            FileEntry(path: Array("/srv/it".utf8), kind: .folder, mode: 0o755),
            FileEntry(path: Array("/srv/it/f".utf8), kind: .file, mode: 0o600, size: 3),
        ]
        let drill = drill(
            [Engine.container("a", binds: ["/srv/it", "/run/docker.sock"])], entries: entries)
        #expect(drill.checks.map(\.reason) == ["/run/docker.sock is not in the backup and not mounted"])
        #expect(drill.weight == 3)
        let mounts = try calls(drill).words[0].filter { $0.hasPrefix("type=bind") }
        #expect(mounts == ["type=bind,source=/vols/\(drill.prefix)/_data/a-1,target=/srv/it"])
    }
}
