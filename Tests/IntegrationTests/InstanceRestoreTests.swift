import Basics
import TestSupport
import Testing

extension Integration {
    /// Instances of LXD that come back from their exports, and a client that fails.
    ///
    /// The `lxc` here is a stand-in that keeps names in a folder, writes its calls down and fails where it is told to.
    @Suite(
        "InstanceRestore", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct InstanceRestoreTests {
        private static let stub = #"""
            #!/bin/sh
            cd /stub || exit
            [ "$1" != --quiet ] || shift
            [ "$1" = query ] || printf '%s\n' "$*" >>calls
            case $1 in
            query)
            case $2 in
            '/1.0/instances?recursion=1&all-projects=true')
            printf '['; comma=
            for n in instances/*; do
            [ -e "$n" ] || continue
            printf '%s{"name":"%s","project":"default","type":"container","status":"%s","config":{},"devices":{},"profiles":["default"]}' "$comma" "${n#*/}" "$(cat "$n")"
            comma=,
            done
            echo ']' ;;
            *) echo '[]' ;;
            esac ;;
            list) ls instances ;;
            export) [ -e "instances/$2" ] && printf '%s' "$2" | gzip >"$3" ;;
            info) [ -e "instances/$2" ] && echo "Status: $(cat "instances/$2")" ;;
            import) n=$(gunzip <"$2") && [ -n "$n" ] && echo Stopped >"instances/$n" ;;
            start) if [ -e "stubborn-$2" ]; then echo "Error: $2 has no pool" >&2; exit 1; fi; echo Running >"instances/$2" ;;
            stop) echo Stopped >"instances/$3" ;;
            delete) rm "instances/$3" ;;
            *) exit 64 ;;
            esac
            """#

        private static let setup = """
            set -e
            mkdir -p /stub/instances /var/lib/lxd
            chmod 755 /usr/local/bin/lxc
            perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) or die; bind(S, pack_sockaddr_un("/var/lib/lxd/unix.socket")) or die'
            echo Running >/stub/instances/web; echo Stopped >/stub/instances/old
            ! command -v curl
            """

        private func prepared() async throws -> (rig: RestoreRig, backup: String) {
            let rig = try await RestoreRig()
            try rig.machine.write(Array((Self.stub + "\n").utf8), to: "/usr/local/bin/lxc")
            try rig.machine.run(Self.setup)
            return (rig, try await rig.backUp(["lxd", "lxd-data"], ["--include-data"]))
        }

        private func instances(_ rig: RestoreRig) throws -> String {
            try rig.text("cd /stub/instances && grep -s . * /dev/null; exit 0")
        }

        @Test func `an instance that is gone is imported and started as it was, and an undo takes it away`()
            async throws
        {
            let (rig, backup) = try await prepared()
            let before = try instances(rig)
            try rig.machine.run("rm /stub/instances/*; : >/stub/calls")
            let planned = try await rig.home.run(["restore", "plan", backup, "--in-place", "--json"])
            let steps = try planned.json()["steps"]?.array?.map {
                "\($0["action"]?.string ?? "") \($0["subject"]?.string ?? "")"
            }
            #expect(steps == ["import-instance old", "import-instance web"], "\(planned.story)")
            let refused = try await rig.home.run(
                ["restore", "apply", try planned.json()["plan"]?.string ?? ""])
            #expect(refused.status != 0, "nobody approved it")
            #expect(try rig.text("cat /stub/calls") == "")

            let applied = try await rig.home.json(
                0, "restore", "apply", try await rig.approvedPlan(backup))
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            #expect(try instances(rig) == before)
            let calls = try rig.text("grep -v ^info /stub/calls").split(separator: "\n")
            #expect(
                calls.map { $0.split(separator: " ").first } == ["import", "import", "start"], "\(calls)")
            #expect(calls.last == "start web")
            #expect(try rig.leftovers() == "")

            // One that is there is left alone.
            let again = try await rig.home.json(0, "restore", "plan", backup, "--in-place")
            #expect(again["steps"] == [])
            let run = try #require(applied["run"]?.string)
            try rig.machine.run("echo Running >/stub/instances/foreign; : >/stub/calls")
            try await rig.home.undo(run, of: "box")
            #expect(try instances(rig) == "foreign:Running\n")
            // The safety copy holds what goes, and nothing of what stays.
            let exported = try rig.text("grep ^export /stub/calls").split(separator: "\n").map {
                $0.split(separator: " ").dropFirst().first
            }
            #expect(exported == ["old", "web"], "\(exported)")
            let back = try await rig.home.json(0, "restore", "show", rig.newestRun())
            let copy = try #require(back["run"]?["safetyCopy"]?.string)
            #expect(back["run"]?["wayBack"]?.string == "holdfast restore plan \(copy) --in-place")
        }

        @Test func `one that does not start takes everything back`() async throws {
            let (rig, backup) = try await prepared()
            try rig.machine.run("rm /stub/instances/*; : >/stub/stubborn-web")
            let outcome = try await rig.home.run(["restore", "apply", try await rig.approvedPlan(backup)])
            #expect(outcome.status != 0)
            #expect(
                outcome.errorText.contains("the instance web does not start: Error: web has no pool"),
                "\(outcome.story)")
            #expect(try instances(rig) == "")
            #expect(try rig.leftovers() == "")
            // Without the daemon it is told, and nothing planned.
            try rig.machine.run("rm /usr/local/bin/lxc")
            let absent = try await rig.home.json(0, "restore", "plan", backup, "--in-place")
            #expect("\(absent["warnings"] ?? .null)".contains("no lxd answers"), "\(absent)")
        }
    }
}
