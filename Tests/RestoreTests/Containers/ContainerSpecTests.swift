import Basics
import TestSupport
import Testing

@testable import Restore

@Suite struct ContainerSpecTests {
    private func spec(_ file: String, _ name: String) throws -> ContainerSpec {
        let engine = RecordedEngine.state(RecordedEngine.recorded(file))
        return ContainerSpec(try #require(engine.containers[name]), in: engine)
    }

    /// Values of an option, in the order in which they stand.
    private func values(_ option: String, _ words: [String]) -> [String] {
        words.indices.filter { words[$0] == option && $0 + 1 < words.count }.map { words[$0 + 1] }
    }

    @Test func `every choice of a recorded container is an argument of its own`() throws {
        let spec = try spec("everything", "everything")
        #expect(spec.refusals.isEmpty)
        let words = spec.creation(from: "busybox:1").words
        let expected: [(String, [String])] = [
            ("--hostname", ["host-x"]), ("--domainname", ["example.org"]), ("--user", ["12:34"]),
            ("--workdir", ["/tmp"]), ("--cap-add", ["NET_ADMIN"]), ("--cap-drop", ["MKNOD"]),
            ("--device", ["/dev/null:/dev/nothing:r"]), ("--ulimit", ["nofile=1000:2000"]),
            ("--log-driver", ["json-file"]), ("--log-opt", ["max-size=1m"]), ("--memory", ["67108864"]),
            ("--memory-reservation", ["33554432"]), ("--cpu-shares", ["512"]), ("--cpus", ["0.500000000"]),
            ("--pids-limit", ["100"]), ("--shm-size", ["8388608"]), ("--add-host", ["db:10.0.0.9"]),
            ("--dns", ["9.9.9.9"]), ("--dns-search", ["x.test"]), ("--dns-option", ["timeout:1"]),
            ("--group-add", ["44"]), ("--tmpfs", ["/run:size=1m,mode=755"]),
            ("--sysctl", ["net.ipv4.ip_forward=1"]), ("--security-opt", ["no-new-privileges"]),
            ("--stop-signal", ["SIGINT"]), ("--stop-timeout", ["3"]), ("--restart", ["on-failure:4"]),
            ("--publish", ["127.0.0.1:8091:91/tcp", "8092:92/udp"]), ("--network", ["every"]),
            ("--network-alias", ["host-x", "one", "two"]), ("--ip", ["172.29.7.77"]),
            ("--health-cmd", ["test -e /data/ok"]), ("--health-interval", ["1000000000ns"]),
            ("--health-retries", ["20"]), ("--health-start-period", ["2000000000ns"]),
            ("--entrypoint", ["/bin/sh"]), ("--oom-score-adj", ["100"]),
            ("--label", ["nl=a\nb", "x=$(touch /pwned)"]),
            (
                "--mount",
                [
                    "type=bind,\"source=/opt/with, comma\",target=/bind,readonly",
                    "type=volume,source=data,target=/data",
                ]
            ),
        ]
        for (option, wanted) in expected { #expect(values(option, words) == wanted, "\(option)") }
        for flag in ["--init", "--read-only", "--tty", "--interactive"] { #expect(words.contains(flag)) }
        #expect(values("--env", words).contains("ODD=$(touch /pwned) `id` \"q\" 's'"))
        #expect(values("--env", words).contains("LINES=one\ntwo"))
        #expect(
            words.suffix(6) == [
                "busybox:1", "-c", "sleep 1000; echo \"$0\" $1", "-rf", "a b", "c\nd",
            ])
        #expect(
            spec.connections.map(\.words) == [
                ["network", "connect", "--alias", "host-x", "--alias", "three", "second", "everything"]
            ])
    }

    @Test func `nothing of a recorded container is expanded by a shell`() throws {
        let spec = try spec("everything", "everything")
        let call = spec.call("hf_create", "its name", image: "busybox:1")
        let said = try Shell.output("hf_create() { printf '%s\\0' \"$@\" =; hf_env; }\n\(call)")
        var words = said.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let lines = words.removeLast().split(separator: "\n").map(String.init)
        let isLine = { (part: [String]) in part[0] == "--env" && lines.contains(part[1]) }
        let options = spec.creationOptions.filter { !isLine($0) }.words + ["--env-file", "/dev/stdin"]
        #expect(words == ["its name"] + options + ["busybox:1"] + spec.command + ["="])
        #expect(lines == spec.creationOptions.parts.filter(isLine).map { $0[1] })
        #expect(lines.contains("ODD=$(touch /pwned) `id` \"q\" 's'"))
        #expect(values("--env", options) == ["LINES=one\ntwo"])
    }

    @Test func `a member of a project keeps its place in it, and the engine's own alias is none`() throws {
        let spec = try spec("shop", "shop_db_1")
        #expect(spec.project == "shop")
        #expect(spec.service == "db")
        #expect(spec.primary?.network == "shop_inner")
        #expect(spec.primary?.aliases == ["database", "db"])
        #expect(spec.volumes.map(\.name) == ["shop_rows"])
        #expect(spec.isUp && spec.wasHealthy)
    }

    @Test(
        arguments: [
            (entry: ["/e"], command: ["c"], ofImage: ["/e"], usual: ["x"], option: nil, words: ["c"]),
            (entry: ["/e"], command: [], ofImage: ["/e"], usual: [], option: nil, words: []),
            // The engine forgets the image's command where somebody chose an entry point.
            (entry: ["/e"], command: [], ofImage: ["/e"], usual: ["x"], option: "/e", words: []),
            (entry: ["/e", "-a"], command: ["c"], ofImage: [], usual: [], option: "/e", words: ["-a", "c"]),
            (entry: [], command: ["c"], ofImage: ["/e"], usual: ["x"], option: "", words: ["c"]),
        ]
            as [(
                entry: [String], command: [String], ofImage: [String], usual: [String], option: String?,
                words: [String]
            )])
    func `entry point and command are those of the container`(
        _ entry: [String], _ command: [String], _ ofImage: [String], _ usual: [String], _ option: String?,
        _ words: [String]
    ) {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        let found = ContainerSpec.entrypoint(
            ["Entrypoint": list(entry), "Cmd": list(command)],
            ["Entrypoint": list(ofImage), "Cmd": list(usual)])
        #expect(found.option == option)
        #expect(found.command == words)
    }

    @Test(arguments: ["", "-rf", "$(touch pwned)", "a b", "a/b", ".x", "a\nb", "é"])
    func `a name that no engine gives is refused`(_ name: String) throws {
        #expect(!EngineName.isValid(name))
        let engine = RecordedEngine.state([RecordedEngine.container(name)])
        let spec = ContainerSpec(try #require(engine.containers[name]), in: engine)
        #expect(!spec.refusals.isEmpty)
    }

    @Test func `what the command line cannot say is told`() throws {
        let engine = RecordedEngine.state([
            RecordedEngine.container("a", labels: ["sp ace": "1", "x=y": "2", "good": "3"])
        ])
        let spec = ContainerSpec(try #require(engine.containers["a"]), in: engine)
        #expect(spec.labels == ["good": "3"])
        #expect(spec.losses.count == 1)
    }

    @Test func `fields with commas, quotes and line feeds stay one field`() {
        let text = ArgumentList.commaSeparated(["a=b", "c=d,e", "f=\"g\"", "h=i\r\nj"])
        #expect(text == "a=b,\"c=d,e\",\"f=\"\"g\"\"\",\"h=i\r\nj\"")
    }
}
