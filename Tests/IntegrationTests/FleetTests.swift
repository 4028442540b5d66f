import Basics
import TestSupport
import Testing

extension Integration {
    /// Many devices at once over real SSH servers.
    @Suite("Fleet", .timeLimit(.minutes(20)))
    struct FleetTests {
        private static let count = HoldfastHome.isExtended ? 100 : 12

        @Test func `defects 2, 3, 6: one connection and one exec for each device, bad ones named as such`()
            async throws
        {
            let home = try await HoldfastHome.initialised()
            let worlds = try (0..<Self.count).map { number in
                try DeviceWorld(
                    DeviceWorld.Options(
                        setup:
                            "printf 'marker-\(number)-\(number * 7919)\\n' >$ROOT/etc/cron.d/holdfast-marker")
                )
            }
            for (number, world) in worlds.enumerated() { try await home.add(world, as: "d\(number)") }
            let (changed, silent) = try await addBadOnes(to: home, near: worlds[0])
            let before = worlds.map { ($0.connections, $0.commands) }

            let outcome = try await home.run(
                ["backup", "create", "--all", "--json", "--idle-timeout", "60"], within: .seconds(1000))

            #expect(outcome.status == 3, "\(outcome.story)")
            let reports = try outcome.json()["backups"]?.array ?? []
            let byName = Dictionary(uniqueKeysWithValues: reports.map { ($0["device"]?.string ?? "", $0) })
            #expect(byName.count == Self.count + 4)
            for (number, world) in worlds.enumerated() {
                #expect(world.connections - before[number].0 == 1, "connections of d\(number)")
                #expect(world.commands - before[number].1 == 1, "execs of d\(number)")
                try await checkMarker(of: number, byName["d\(number)"], home)
            }
            #expect(byName["refused"]?["errorCode"]?.string == "device-unreachable")
            #expect(byName["silent"]?["errorCode"]?.string == "timed-out")
            #expect(byName["changed"]?["errorCode"]?.string == "host-key-changed")
            #expect(byName["changed"]?["hint"]?.string?.contains("device trust changed") == true)
            #expect(byName["local"]?["status"]?.string == "ok")
            #expect(changed.commands == 0, "a device with another host key must never be given a script")
            withExtendedLifetime(silent) {}
        }

        private func checkMarker(of number: Int, _ report: JSONValue?, _ home: HoldfastHome) async throws {
            #expect(report?["status"]?.string == "ok", "\(report.map { "\($0)" } ?? "no report")")
            let id = try #require(report?["backup"]?.string)
            let shown = try await home.json(0, "backup", "cat", id, "/etc/cron.d/holdfast-marker")
            #expect(shown["text"]?.string == "marker-\(number)-\(number * 7919)\n")
        }

        /// A port nobody listens on, a server whose key is new, and one that accepts and says nothing.
        private func addBadOnes(to home: HoldfastHome, near good: DeviceWorld) async throws
            -> (changed: DeviceWorld, silent: SSHServerImpostor)
        {
            let refused = try DeviceWorld()
            try await home.add(refused, as: "refused")
            refused.stop()
            let old = try DeviceWorld()
            try await home.add(old, as: "changed")
            old.stop()
            var options = DeviceWorld.Options()
            options.port = old.port
            let changed = try DeviceWorld(options)
            try changed.folder.write(old.folder.read("login.pub"), to: "authorized_keys")
            let silent = try SSHServerImpostor(.silent)
            try await home.add(good, as: "silent")
            try await home.expect(0, "device", "set", "silent", "--address", "root@127.0.0.1:\(silent.port)")
            return (changed, silent)
        }
    }
}
