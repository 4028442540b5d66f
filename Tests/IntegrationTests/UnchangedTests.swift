import Basics
import TestSupport
import Testing

extension Integration {
    /// Devices of which an earlier backup has nearly everything.
    @Suite("Unchanged", .timeLimit(.minutes(10)))
    struct UnchangedTests {
        private static let file = "/etc/cron.d/holdfast-probe"

        private func prepared(_ userland: DeviceWorld.Userland) async throws -> (DeviceWorld, HoldfastHome) {
            let world = try DeviceWorld(
                DeviceWorld.Options(
                    userland,
                    setup:
                        "mkdir -p $ROOT/etc/cron.d; printf 'old\\n' >$ROOT\(Self.file); touch -d 2026-01-01 $ROOT\(Self.file)\n"
                ))
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "box")
            return (world, home)
        }

        /// The name of one more backup.
        private func create(_ home: HoldfastHome, _ more: String...) async throws -> String {
            let outcome = try await home.run(["backup", "create", "box", "--json"] + more)
            #expect(outcome.status == 0, "\(outcome.story)")
            return try #require(try outcome.json()["backups"]?[0]?["backup"]?.string)
        }

        /// What the newest backup holds of the file.
        private func text(_ home: HoldfastHome) async throws -> String? {
            try await home.json(0, "backup", "cat", "latest:box", Self.file)["text"]?.string
        }

        @Test(
            .enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"),
            arguments: [DeviceWorld.Userland.host, .busybox])
        func `a file that changed in secret is read, in one connection and one exec`(
            _ userland: DeviceWorld.Userland
        ) async throws {
            let (world, home) = try await prepared(userland)
            let first = try await create(home)
            let second = try await create(home)
            #expect(try await text(home) == "old\n")
            let before = (world.connections, world.commands)
            // As long as before, and with the time of its content put back.
            try world.run("echo new >\(Self.file); touch -d 2026-01-01 \(Self.file) 2>/dev/null || :")
            let changed = try world.changes()
            let third = try await create(home)
            #expect(try await text(home) == "new\n")
            #expect(world.connections - before.0 == 1 && world.commands - before.1 == 1)
            let changes = try await home.json(0, "backup", "diff", second, third)
            #expect(changes["files"]?.array?.compactMap { $0["path"]?.string } == [Self.file])
            let none = try await home.json(0, "backup", "diff", first, second)
            // The network is that of this machine, where others come and go.
            let items = (none["items"]?.array ?? []).filter {
                !["listening-ports", "network-state"].contains($0["section"]?.string)
            }
            #expect(none["files"] == [] && items.isEmpty, "\(none)")
            try await home.expect(0, "backup", "verify", "--full")
            #expect(try world.changes() == changed, "nothing is left behind")
        }

        @Test func `the live machine and a full backup are read whole`() async throws {
            let (world, home) = try await prepared(.host)
            _ = try await create(home)
            _ = try await create(home)
            try world.run("echo new >\(Self.file); touch -d 2026-01-01 \(Self.file)")
            let live = try await home.json(0, "backup", "diff", "latest:box", "--live")
            #expect(live["files"]?.array?.compactMap { $0["path"]?.string } == [Self.file])
            _ = try await create(home, "--full")
            #expect(try await text(home) == "new\n")
            let shown = try await home.json(0, "backup", "show", "latest:box")
            #expect(shown["parent"]?.string?.isEmpty ?? true)
        }
    }
}
