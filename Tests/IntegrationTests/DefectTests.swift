import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// What went wrong in earlier programs of this kind, by the number the project gave it.
    @Suite("Defects", .timeLimit(.minutes(10)))
    struct DefectTests {
        @Test func `defect 5: a program's exit status is never swallowed`() async throws {
            let world = try DeviceWorld()
            try StubTools().install(on: world)
            try world.write(Array("#!/bin/sh\necho half of it\nexit 3\n".utf8), to: "/usr/local/bin/nginx")
            try world.run(
                "chmod 755 /usr/local/bin/nginx; printf '#!/bin/sh\\nexit 1\\n' >/usr/local/bin/docker")
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "dev")
            let backup = try await home.backUp(
                "dev", "--only", "nginx", "--only", "docker-containers", "--only", "identity", expecting: 3)
            let problems = (backup["problems"]?.array ?? []).compactMap(\.string)
            #expect(
                problems.contains { $0.hasPrefix("nginx") && $0.contains("exit status 3") }, "\(problems)")
            #expect(
                problems.contains {
                    $0.hasPrefix("docker-containers failed") && $0.contains("exit status 1")
                }, "\(problems)")
        }

        @Test func `defect 8: a changed byte anywhere in the vault is found and named`() async throws {
            let home = try await HoldfastHome.initialised()
            let id = try #require(try await home.backUp("local", "--path", "/etc/hosts")["backup"]?.string)
            let files = try await home.json(0, "backup", "files", id, "/etc/hosts")["files"]?.array ?? []
            let size = try Shell.output("stat -c %s /etc/hosts")
            #expect(
                files.first?["size"]?.int == Int64(String(decoding: size, as: UTF8.self).filter(\.isNumber)))
            let shown = try await home.json(0, "backup", "show", id)
            #expect(
                shown["tool"]?.string?.hasPrefix("holdfast ") == true
                    && shown["machineId"]?.string?.isEmpty == false)
            let list = try Shell.output("cd '\(home.path)/vault' && find packs backups config -type f | sort")
            for file in String(decoding: list, as: UTF8.self).split(separator: "\n") {
                let path = "\(home.path)/vault/\(file)"
                let bytes = try #require(TestFiles.bytes(at: path))
                var broken = bytes
                broken[bytes.count / 2] ^= 0x10
                try TestFiles.write(broken, to: path)
                let outcome = try await home.run(["backup", "verify", "--json"])
                if file == "config" {
                    // No content depends on it: backups are read on, and the damage is told.
                    let warned = JSONWriter.text(try outcome.json()["warnings"] ?? [])
                    #expect(outcome.status == 0 && warned.contains("config is damaged"), "\(outcome.story)")
                } else {
                    #expect([2, 8].contains(outcome.status), "\(file): \(outcome.story)")
                }
                let check = try await home.run(["vault", "check", "--read-data"])
                #expect([2, 8].contains(check.status), "\(file): \(check.story)")
                try TestFiles.write(bytes, to: path)
            }
            try await home.expect(0, "backup", "verify")
        }

        @Test func `defect 10: nobody else can read anything, whatever the umask`() async throws {
            let home = try HoldfastHome()
            let program = try #require(HoldfastHome.program)
            let out = home.scratch.path + "/out"
            let call = "HOME='\(home.scratch.path)' '\(program)' --home '\(home.path)'"
            try Shell.run(
                """
                umask 000
                \(call) init >/dev/null 2>&1 && \(call) backup create local >/dev/null 2>&1 &&
                \(call) backup verify >/dev/null 2>&1 && \(call) backup pin latest >/dev/null 2>&1 &&
                \(call) backup export latest --to '\(out)' >/dev/null 2>&1 &&
                \(call) backup export latest --tar '\(out).tar' >/dev/null 2>&1
                """)
            let open =
                "\\( -type d ! -perm 700 -o -type f ! -perm 600 -o ! -type d ! -type f \\) -printf '%m %p\\n'"
            #expect(try Shell.output("find '\(home.path)' \(open)").isEmpty)
            let made =
                "stat -c %a '\(out)' '\(out).tar' '\(out)/_holdfast' '\(out)/_holdfast/users/accounts.out'"
            #expect(String(decoding: try Shell.output(made), as: UTF8.self) == "700\n600\n700\n600\n")
        }

        @Test func `defect 12: retention keeps the last verified backup, and pins`() async throws {
            let home = try await HoldfastHome.initialised()
            var ids: [String] = []
            for _ in 0..<5 {
                ids.append(
                    try #require(try await home.backUp("local", "--only", "identity")["backup"]?.string))
            }
            try await home.expect(0, "backup", "verify", ids[0])
            try await home.expect(0, "backup", "pin", ids[1])
            try await home.expect(0, "backup", "prune", "--keep-last", "1")
            let left = try await home.json(0, "backup", "list")["backups"]?.array ?? []
            #expect(Set(left.compactMap { $0["id"]?.string }) == [ids[0], ids[1], ids[4]])
            #expect(
                try await home.run(["backup", "delete", ids[0]]).status == 5,
                "the last verified one was deleted")
            #expect(try await home.run(["backup", "delete", ids[1]]).status == 5, "a pinned one was deleted")
            try await home.expect(0, "vault", "check", "--read-data")
        }

        @Test func `defect 16: no name or id leads out of its place`() async throws {
            let home = try await HoldfastHome.initialised()
            let backup = try await home.backUp(
                "local", "--only", "identity", "--name", "../../../escape/$(x)")
            let id = try #require(backup["backup"]?.string)
            let shown = try await home.json(0, "backup", "show", id)
            #expect(shown["backup"]?["name"]?.string == "../../../escape/$(x)")
            let around = "find '\(home.scratch.path)' '\(home.path)/vault' -name '*escape*'"
            #expect(try Shell.output(around).isEmpty)
            let state = "cd '\(home.path)/vault' && find . -type f | sort"
            let before = try Shell.output(state)
            for wrong in [
                "../config", "../../key", "\(id)/../../config", "/etc/passwd", ".", "..", "",
                "\(id).manifest", "%2e%2e/config",
            ] {
                for verb in ["show", "files", "verify", "delete", "pin", "undelete", "unpin"] {
                    let status = try await home.run(["backup", verb, wrong]).status
                    #expect(status == 4 || status == 2, "backup \(verb) ‘\(wrong)’ ended with \(status)")
                }
            }
            #expect(try Shell.output(state) == before)
            for wrong in ["../x", "a/b", "", ".", "..", "-x", "a b", "local"] {
                let status = try await home.run([
                    "device", "add", "--accept-fingerprint", "SHA256:x", "--", wrong, "a@192.0.2.1",
                ]).status
                #expect(status == 2 || status == 5, "device add ‘\(wrong)’ ended with \(status)")
            }
            for wrong in ["../../../etc/passwd", "/etc/../../key", "etc/hostname"] {
                #expect([2, 4].contains(try await home.run(["backup", "cat", id, wrong]).status))
            }
            #expect(try await home.run(["backup", "create", "local", "--path", "/etc/../root"]).status == 2)
            #expect(try await home.run(["backup", "create", "local", "--path", "relative"]).status == 2)
        }

        @Test func `defect 34: what is not covered is said, data of containers first`() async throws {
            let world = try DeviceWorld()
            var tools = StubTools()
            tools.containers = [StubTools.Container("db")]
            tools.volumes = ["db-data"]
            try tools.install(on: world)
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "dev")
            try await home.expect(0, "backup", "create", "dev")
            let shown = try await home.expect(0, "backup", "show", "latest:dev")
            for word in [
                "Not covered", "volumes and bind mounts", "--include-data", "Databases", "home folders",
            ] {
                #expect(shown.text.contains(word), "\(word) is missing: \(shown.text)")
            }
        }
    }
}
