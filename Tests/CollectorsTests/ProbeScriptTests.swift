import Basics
import Collectors
import LocalExecution
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@Suite("Scripts of probes")
struct ProbeScriptTests {
    /// What a script printed and how it ended.
    private struct Result {
        var status: Int32?
        var output: [UInt8] = []
        var lines: [String] { DeviceText.lines(output) }
    }

    private final class Output: ShellConsumer {
        let bytes = Mutex<[UInt8]>([])

        func receive(_ piece: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
            if stream == .standardOutput { bytes.withLock { $0 += piece } }
            return .proceed
        }
    }

    private static func run(_ script: String, shell: String = "exec /bin/sh") async throws -> Result {
        let output = Output()
        let job = ShellJob(command: shell, input: Array(script.utf8))
        let exit = try await LocalTransport().run(
            job, on: Device.local(added: Timestamp(seconds: 0)), into: output)
        return Result(status: exit.status, output: output.bytes.withLock { $0 })
    }

    @Test func `what is said at once is what was said line by line`() async throws {
        let said = try await Self.run(Probe.atOnce("echo 'a  b'; echo; printf '%s\\n' '\\n%s'; false"))
        #expect(said.lines == ["a  b", "", "\\n%s"] && said.status == 0)
        let silent = try await Self.run(Probe.atOnce("false"))
        #expect(silent.output.isEmpty && silent.status == 0)
    }

    /// Runs the script of a probe with `tools` standing in for programs: name and POSIX shell text.
    private static func run(
        _ collector: any Collector.Type, _ probe: String, tools: [String: String],
        replacing: [(String, String)] = []
    ) async throws -> Result {
        let probe = try #require(collector.probes.first { $0.name == probe })
        return try await TestFiles.withScratchFolder { folder in
            for (name, text) in tools {
                try TestFiles.write(
                    Array("#!/bin/sh\n\(text)\n".utf8), to: "\(folder)/\(name)", isExecutable: true)
            }
            let script = replacing.reduce(probe.script) { text, change in
                text.split(separator: change.0, omittingEmptySubsequences: false).joined(separator: change.1)
            }
            let head = "cd \(folder); PATH=\(folder):$PATH; hf_root() { \"$@\"; }\n"
            return try await run(head + script)
        }
    }

    @Test("are valid for every shell at hand", arguments: ["dash", "bash", "busybox ash"])
    func parse(_ shell: String) async throws {
        guard try await Self.run("command -v \(shell.prefix { $0 != " " })").status == 0 else {
            try Test.cancel("\(shell) is not installed")
        }
        for collector in allCollectors {
            let scripts = collector.probes.map(\.script) + [collector.files.discovery ?? ""]
            for script in scripts {
                let result = try await Self.run(script, shell: "exec \(shell) -n")
                #expect(result.status == 0, "\(collector.name): \(script)")
            }
        }
    }

    private static let isRunning = [("[ -d /run/systemd/system ]", "true")]

    @Test("hand names of units to systemctl as they are, never to the shell (defect 4)")
    func keepsUnitNames() async throws {
        let result = try await Self.run(
            SystemdUnitsCollector.self, "definitions",
            tools: [
                "systemctl": #"""
                case $1 in
                list-unit-files) printf '%s\n' '-rf.service static -' '$(touch pwned).service enabled enabled' \
                'a\x20b@.service static' '*.service disabled -' 'off.service masked enabled' 'x.scope transient -' ;;
                *) printf '<%s>\n' "$@"; ls pwned 2>/dev/null; exit 0 ;;
                esac
                """#
            ], replacing: Self.isRunning)
        #expect(result.status == 0)
        // The line of the second unit is split at its blank, as systemd would never print one.
        #expect(
            result.lines == [
                "<cat>", "<--no-pager>", "<-->", "<-rf.service>", "<$(touch>", "<a\\x20b@.service>",
                "<*.service>",
            ])
    }

    @Test("leave with the status of a tool that failed before the last one (defect 5)")
    func passesFailuresOn() async throws {
        let units = try await Self.run(
            SystemdUnitsCollector.self, "definitions",
            tools: ["systemctl": "[ \"$1\" = cat ] || { echo half.service static -; exit 4; }"],
            replacing: Self.isRunning)
        #expect(units.status == 4)
        let pools = try await Self.run(
            ZFSCollector.self, "pool-properties", tools: ["zpool": "echo tank; exit 3"])
        #expect(pools.status == 3)
        let datasets = try await Self.run(ZFSCollector.self, "datasets", tools: ["zfs": "exit 5"])
        #expect(datasets.status == 5)
        let accounts = try await Self.run(
            UsersCollector.self, "accounts", tools: ["cat": "echo root:x:0:0::/:/bin/sh; exit 1"])
        #expect(accounts.status == 1)
    }

    @Test("read the dialect of an old zfs where the new one is refused")
    func speaksOldZFS() async throws {
        let zfs = #"""
            case "$1 $*" in
            *encryption*|'get '*' -t '*) exit 2 ;;
            list*) printf 'tank\tfilesystem\n' ;;
            *) printf 'tank\tcompression\ton\tlocal\n' ;;
            esac
            """#
        let result = try await Self.run(ZFSCollector.self, "datasets", tools: ["zfs": zfs])
        #expect(result.status == 0)
        #expect(result.lines == ["tank\tfilesystem", "tank\tcompression\ton\tlocal"])
    }

    @Test("read nothing but the keys that files of sysctl.d name, and set none (defect 4)")
    func setsNothing() async throws {
        let configuration = #"""
            printf '%s\n' 'vm.swappiness = 10' '-net/ipv4/ip_forward=1' '; a.b = 1' '# c.d = 1' \
            'net.ipv4.conf.*.rp_filter = 0' '$(touch pwned) = 1' 'e.f; touch pwned = 1' 'vm.swappiness=20' 'no-value'
            """#
        let result = try await Self.run(
            KernelCollector.self, "parameters",
            tools: ["cat": configuration, "sysctl": "printf '<%s>\\n' \"$@\"; ls pwned 2>/dev/null"])
        #expect(result.lines == ["<-e>", "<-->", "<vm.swappiness>", "<net/ipv4/ip_forward>"])
    }

    @Test("give grep every home as one word (defect 4)")
    func quotesHomes() async throws {
        let passwd = "/etc/passwd"
        let result = try await TestFiles.withScratchFolder { folder in
            let text = "a:x:1:1:::/bin/sh\nb:x:2:2::/h/$(touch pwned) x;y:/bin/sh\nc:x:3:3::/h/-rf:/bin/sh"
            try TestFiles.write(Array(text.utf8), to: folder + "/passwd")
            return try await Self.run(
                SSHKeysCollector.self, "keys",
                tools: ["grep": "[ \"$1\" = -aq ] || printf '<%s>\\n' \"$@\"; ls pwned 2>/dev/null; exit 0"],
                replacing: [(passwd, folder + "/passwd"), ("/etc/ssh/authorized", folder + "/none")])
        }
        #expect(
            result.lines == [
                "=b:/h/$(touch pwned) x;y", "=c:/h/-rf", "<-aHs>", "<.>", "<-->",
                "</h/$(touch pwned) x;y/.ssh/authorized_keys>",
                "</h/$(touch pwned) x;y/.ssh/authorized_keys2>",
                "</h/-rf/.ssh/authorized_keys>", "</h/-rf/.ssh/authorized_keys2>", "</proc/version>",
            ])
    }

    @Test("find files of the machine that no section names, and only those that are there")
    func findsFiles() async throws {
        guard try await Self.run("command -v dpkg-query").status == 0 else {
            try Test.cancel("the list of changed files needs dpkg")
        }
        for collector in [LocalConfigurationCollector.self, SSHKeysCollector.self] as [any Collector.Type] {
            let discovery = try #require(collector.files.discovery)
            // As the plan calls it: without globbing, split at line ends.
            let result = try await Self.run(
                "IFS='\n'\nset -f\nfor p in $(\(discovery)\n); do echo \"$p\"; done")
            #expect(result.lines.allSatisfy { $0.hasPrefix("/") })
            guard collector.name == LocalConfigurationCollector.name else { continue }
            // base-passwd makes the first when it is set up; base-files brings the second and nobody edits it.
            #expect(result.lines.contains("/etc/passwd"))
            #expect(!result.lines.contains("/etc/debian_version"))
            #expect(!result.lines.contains { $0.hasPrefix("/etc/ssl/certs/") })
        }
    }
}
