import Basics
import TestSupport
import Testing

extension Integration {
    /// Two kinds of machines: one with GNU tools, one with nothing but BusyBox.
    @Suite(
        "Userland", .enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"),
        .timeLimit(.minutes(20)))
    struct UserlandTests {
        /// A folder with all that a tar of BusyBox can carry.
        private static let odd = #"""
            mkdir -p "$ROOT/data/in ner"
            cd "$ROOT/data"
            for name in '$(touch pwned)' -rf '`id`' "a b$(printf '\nc')" "$(printf '\377\376')" "'q\"" '*'; do
            printf 'content of %s\n' "$name" >"$name"
            printf 'content of %s\n' "$name" >"in ner/$name"
            done
            ln -s /nowhere broken; ln -- -rf hard; mkfifo pipe; : >empty
            chmod 751 'in ner'; chmod 4711 -- -rf; chown 12345:54321 -- '*'
            touch -d '2001-02-03 04:05:06' empty
            printf '*/5 * * * * /usr/bin/marker-4711\n' >>"$ROOT/etc/crontabs/root"

            """#

        private func compare(_ world: DeviceWorld, _ export: String) throws {
            let list = "find . -printf '%y %m %U %G %l %p\\0' | sort -z"
            #expect(
                try Shell.output("cd '\(world.root)/data' && \(list)")
                    == Shell.output("cd '\(export)/data' && \(list)"))
            let files = "find . -type f -print0 | sort -z | xargs -0 sha256sum --zero"
            #expect(
                try Shell.output("cd '\(world.root)/data' && \(files)")
                    == Shell.output("cd '\(export)/data' && \(files)"))
            try Shell.run(
                "[ $(stat -c %Y '\(export)/data/empty') = $(stat -c %Y '\(world.root)/data/empty') ]")
            try Shell.run("cd '\(export)/data' && [ ./-rf -ef ./hard ]")
        }

        @Test(arguments: [DeviceWorld.Userland.busybox, .host])
        func `a machine is read with what it has`(_ userland: DeviceWorld.Userland) async throws {
            let extra = userland == .host ? "mkdir -p $ROOT/etc/crontabs\n" : ""
            let world = try DeviceWorld(DeviceWorld.Options(userland, setup: extra + Self.odd))
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "box", more: ["--path", "/data"])
            let before = try world.changes()

            let backup = try await home.backUp("box")

            #expect(backup["status"]?.string == "ok", "\(backup)")
            #expect(try world.changes() == before, "something was left behind")
            let id = try #require(backup["backup"]?.string)
            try compare(world, try await home.export(id, to: "out"))
            let sections = try await home.json(0, "backup", "show", id)["sections"]?.array ?? []
            let status = Dictionary(
                uniqueKeysWithValues: sections.map { ($0["name"]?.string ?? "", $0["status"]?.string ?? "") })
            for name in ["identity", "users", "cron", "network-config", "hardware", "paths"] {
                #expect(status[name] == "ok", "\(name) is \(status[name] ?? "missing")")
            }
            let crontab = try await home.json(0, "backup", "cat", id, "/etc/crontabs/root")
            #expect(crontab["text"]?.string?.contains("marker-4711") == true)
            if userland == .busybox {
                for name in ["packages-rpm", "docker-containers", "systemd-units", "zfs"] {
                    #expect(status[name] == "absent", "\(name) is \(status[name] ?? "missing")")
                }
            }
            let again = try await home.backUp("box")
            let difference = try await home.json(
                0, "backup", "diff", id, try #require(again["backup"]?.string))
            // The network is that of this machine, where others open and close ports and make interfaces.
            let items = (difference["items"]?.array ?? []).filter {
                !["listening-ports", "network-state"].contains($0["section"]?.string)
            }
            #expect(difference["files"]?.array?.isEmpty == true && items.isEmpty, "\(difference)")
        }
    }
}
