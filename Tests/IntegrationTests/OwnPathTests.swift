import Basics
import TestSupport
import Testing

extension Integration {
    /// Own paths whose names or kinds are unusual.
    @Suite("OwnPaths", .timeLimit(.minutes(10)))
    struct OwnPathTests {
        private static let setup = #"""
            mkdir -p "$ROOT/srv/$(printf 'r\351sum\351')" "$ROOT/srv/data" "$ROOT/srv/[a]*"
            echo one >"$ROOT/srv/$(printf 'r\351sum\351')/file"
            echo two >"$ROOT/srv/[a]*/file"; echo three >"$ROOT/srv/data/file"
            mkdir -p "$ROOT/srv/ab"; echo four >"$ROOT/srv/ab/file"
            ln -s data "$ROOT/srv/link"

            """#

        private func prepared(_ userland: DeviceWorld.Userland) async throws -> (DeviceWorld, HoldfastHome) {
            let world = try DeviceWorld(DeviceWorld.Options(userland, setup: Self.setup))
            try world.runOutside(
                "python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $ROOT/srv/data/door"
            )
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "box")
            return (world, home)
        }

        private func create(_ home: HoldfastHome, _ paths: String...) async throws -> JSONValue {
            let words = ["backup", "create", "box", "--only", "cron"] + paths.flatMap { ["--path", $0] }
            let outcome = try await home.run(words)
            #expect(outcome.status == 0, "\(outcome.story)")
            return try await home.json(0, "backup", "show", "latest:box")
        }

        @Test func `a name that is no text is named as it is printed`() async throws {
            let (world, home) = try await prepared(.host)
            let name = #"/srv/r\xe9sum\xe9"#
            _ = try await create(home, name)
            let files = try await home.expect(0, "backup", "files", "latest:box", name)
            #expect(files.text.contains(name + "/file"), "\(files.story)")
            let file = try await home.json(0, "backup", "cat", "latest:box", name + "/file")
            #expect(file["text"]?.string == "one\n")
            let out = try await home.export("latest:box", "--path", name, to: "out")
            try Shell.run("diff -r '\(world.root)/srv/'r*sum* '\(out)/srv/'r*sum*")
            // From the second backup on, own paths are listed first.
            _ = try await create(home, name)
            try await home.expect(0, "backup", "cat", "latest:box", name + "/file")
        }

        @Test func `a name of wildcards is exported alone when they are escaped`() async throws {
            let (_, home) = try await prepared(.host)
            _ = try await create(home, "/srv/[a]*", "/srv/ab")
            let out = try await home.export("latest:box", "--path", #"/srv/\[a]\*"#, to: "out")
            let found = try Shell.output("cd '\(out)/srv' && find . -type f")
            #expect(String(decoding: found, as: UTF8.self) == "./[a]*/file\n")
        }

        @Test(
            .enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"),
            arguments: [DeviceWorld.Userland.host, .busybox])
        func `sockets and paths that are links are told`(_ userland: DeviceWorld.Userland) async throws {
            let (_, home) = try await prepared(userland)
            for _ in 1...2 {
                let shown = try await create(home, "/srv/data", "/srv/link")
                let told = (shown["notCovered"]?.array ?? []).compactMap(\.string)
                #expect(told.contains("Sockets, which hold nothing: /srv/data/door."), "\(told)")
                #expect(
                    told.contains { $0.hasPrefix("What /srv/link points to: it is a link to data ") },
                    "\(told)")
            }
        }
    }
}
