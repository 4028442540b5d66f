import Basics
import TestSupport
import Testing

extension Integration {
    /// Names that would do something if anything ever took them for shell text or options.
    @Suite("HostileNames", .timeLimit(.minutes(20)))
    struct HostileNamesTests {
        /// Makes the files of every folder named on standard input; `printf` takes bytes that are no text.
        private static let names = #"""
            hostile() {
            mkdir -p "$1"
            for name in '$(touch pwned)' '-rf' '`touch pwned`' ';touch pwned' '--checkpoint-action=exec=touch pwned' \
            "a b$(printf '\nc')" "$(printf '\377\376\200')" "'quote\"" 'back\slash' '*' '?' '{a,b}' '~' '$HOME' '#' \
            ' leading and trailing ' '&& touch pwned' '|touch pwned' "$(printf 'tab\tesc\033[31m')"; do
            printf 'content of %s\n' "$name" >"$1/$name"
            done
            chmod 755 "$1/"*
            }

            """#

        private static let setup =
            names + #"""
                cd $ROOT
                hostile etc/cron.d
                hostile etc/cron.daily
                hostile etc/nginx/sites-enabled
                hostile etc/systemd/system
                hostile usr/local/bin
                hostile 'srv/$(touch pwned) -rf'
                hostile 'srv/$(touch pwned) -rf/`deeper`/-x'
                printf '[Service]\nExecStart=/bin/true\n' >'etc/systemd/system/$(touch pwned).service'
                printf '[Service]\nExecStart=/bin/true\n' >etc/systemd/system/-rf.service
                printf '%s\n' 'odd:x:2001:2001:$(touch /pwned),`id`;|&:/home/$(touch pwned):/bin/sh' \
                'dash:x:2002:2002:-rf:/home/-rf:/bin/sh' >>etc/passwd
                for home in 'home/$(touch pwned)' home/-rf; do
                mkdir -p "$home/.ssh" "$home/.config/systemd/user"
                printf 'not a key $(touch pwned)\n' >"$home/.ssh/authorized_keys"
                printf '[Service]\n' >"$home/.config/systemd/user/\`touch pwned\`.service"
                done

                """#

        private static let words = ["$(touch /pwned)", "-rf", "`touch /pwned`", ";touch /pwned", "a b"]

        private func makeWorld() throws -> DeviceWorld {
            let world = try DeviceWorld(DeviceWorld.Options(setup: Self.setup))
            var tools = StubTools()
            tools.containers =
                Self.words.map { StubTools.Container($0) } + [StubTools.Container("two\nlines")]
            tools.volumes = Self.words
            tools.networks = Self.words
            tools.units = ["$(touch${IFS}/pwned).service", "-rf.service", ";reboot.service", "plain.timer"]
                .map {
                    ($0, "# /etc/systemd/system/\($0)\n[Service]\nExecStart=/bin/true\n")
                }
            tools.instances = Self.words.map { ($0, ["limits.cpu": "1"]) }
            try tools.install(on: world)
            return world
        }

        private func names(of section: String, in export: String) throws -> Set<String> {
            let bytes = try #require(TestFiles.bytes(at: "\(export)/_holdfast/\(section)/inventory.json"))
            let items = try JSONParser.parse(bytes)["items"]?.array ?? []
            return Set(items.compactMap { $0["name"]?.string })
        }

        @Test func `defects 4, 5, 7: hostile names arrive unchanged, run nothing, and nothing stays behind`()
            async throws
        {
            let world = try makeWorld()
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "odd", more: ["--path", "/srv/$(touch pwned) -rf"])
            let before = try world.changes()

            let backup = try await home.backUp("odd")

            #expect(backup["status"]?.string == "ok", "\(backup)")
            #expect(try world.changes() == before, "something was left behind")
            let id = try #require(backup["backup"]?.string)
            let export = try await home.export(id, to: "out")
            for folder in [
                "etc/cron.d", "etc/cron.daily", "etc/nginx/sites-enabled", "srv/$(touch pwned) -rf",
                "home/$(touch pwned)/.config/systemd/user", "home/-rf/.ssh",
            ] {
                try Shell.run("diff -r --no-dereference '\(world.root)/\(folder)' '\(export)/\(folder)'")
                let list =
                    "find . -mindepth 1 ! -type d -printf '%y %m %s %T@ %p\\0' -o -printf '%m %p\\0' | sort -z"
                #expect(
                    try Shell.output("cd '\(world.root)/\(folder)' && \(list)")
                        == Shell.output("cd '\(export)/\(folder)' && \(list)"), "modes or times in \(folder)")
            }
            try Shell.run("cmp '\(world.root)/etc/passwd' '\(export)/etc/passwd'")
            let words = Set(Self.words)
            #expect(try names(of: "docker-containers", in: export) == words.union(["two\nlines"]))
            #expect(try names(of: "docker-volumes", in: export) == words)
            #expect(try names(of: "docker-networks", in: export) == words)
            #expect(try names(of: "lxd", in: export).isSuperset(of: words))
            #expect(
                try names(of: "systemd-units", in: export).isSuperset(of: [
                    "$(touch${IFS}/pwned).service", "-rf.service", ";reboot.service",
                ]))
            let calls = try StubTools.calls(on: world)
            #expect(calls.contains(["docker", "volume", "inspect", "--"] + Self.words))
        }

        @Test func `listing and showing hostile names keeps the terminal clean`() async throws {
            let world = try makeWorld()
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "odd")
            try await home.expect(0, "backup", "create", "odd", "--only", "cron")
            let text = try await home.expect(0, "backup", "files", "latest", "/etc/cron.d/*")
            #expect(!text.output.contains(0x1B), "\(text.story)")
            #expect(text.text.contains("\\xff\\xfe\\x80"), "\(text.story)")
            let files = try await home.json(0, "backup", "files", "latest", "/etc/cron.d/*")
            let paths = Set((files["files"]?.array ?? []).compactMap { $0["path"]?.string })
            #expect(
                paths.isSuperset(of: [
                    "/etc/cron.d/a b\\x0ac", "/etc/cron.d/-rf", "/etc/cron.d/$(touch pwned)",
                ]))
            let shown = try await home.json(0, "backup", "cat", "latest", "/etc/cron.d/$(touch pwned)")
            #expect(shown["text"]?.string == "content of $(touch pwned)\n")
        }
    }
}
