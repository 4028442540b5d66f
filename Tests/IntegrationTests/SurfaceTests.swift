import Basics
import Glibc
import RemoteExecution
import TestSupport
import Testing

extension Integration {
    /// Exit codes, JSON everywhere, and what happens to those who set things up badly.
    @Suite("Surface", .timeLimit(.minutes(10)))
    struct SurfaceTests {
        @Test func `every read answers in JSON, errors too`() async throws {
            let home = try await HoldfastHome.initialised()
            let first = try #require(try await home.backUp("local", "--name", "one")["backup"]?.string)
            try await home.expect(0, "backup", "create", "local")
            let reads = [
                ["backup", "list"], ["backup", "show", first], ["backup", "files", first],
                ["backup", "cat", first, "/etc/passwd"],
                ["backup", "diff", first, "latest"], ["backup", "diff", first, "--live"],
                ["backup", "verify", first],
                ["device", "list"], ["device", "show", "local"], ["device", "check", "local"],
                ["vault", "check"],
                ["vault", "stats"], ["audit", "list"], ["audit", "verify"], ["section", "list"], ["doctor"],
                ["version"],
                ["backup", "prune", "--keep-last", "1", "--dry-run"],
            ]
            for read in reads {
                let outcome = try await home.run(read + ["--json"])
                #expect(outcome.status == 0, "\(outcome.story)")
                #expect(throws: Never.self, "\(outcome.story)") { try outcome.json() }
            }
            for wrong in [
                ["backup", "show", "none"], ["backup", "cat", first, "/none"], ["device", "show", "none"],
            ] {
                let outcome = try await home.run(wrong + ["--json"])
                #expect(outcome.status == 4, "\(outcome.story)")
                #expect(try outcome.json()["error"]?["code"]?.string?.hasSuffix("-unknown") == true)
                #expect(outcome.errorText.hasPrefix("holdfast: "))
            }
        }

        @Test func `what connects to nothing loads no library for it`() async throws {
            let home = try await HoldfastHome.initialised(environment: ["LD_DEBUG": "files"])
            let (list, version) = (try await home.run(["backup", "list"]), try await home.run(["version"]))
            for library in [
                "libssh.so", "libcrypto.so", "libssl.so", "libevent", "libcurl.so", "libsqlite3", "libyaml",
            ] {
                #expect(!list.errorText.contains(library), "\(library)")
            }
            // What the system says of each library that it loads can be seen there at all.
            #expect(list.errorText.contains("libsodium.so") && version.errorText.contains("libssh.so"))
        }

        @Test func `exit codes say what sort of failure it was`() async throws {
            let home = try await HoldfastHome.initialised()
            let world = try DeviceWorld()
            try await home.add(world, as: "dev")
            let libraries = try await home.json(0, "version")["libraries"]?.object ?? [:]
            #expect(
                libraries.keys.sorted() == [
                    "libevent", "libsodium", "libssh", "libzstd", "openssl", "sqlite3",
                ])
            #expect(libraries.values.allSatisfy { $0.string?.first?.isNumber == true }, "\(libraries)")
            for wrong in [
                ["frobnicate"], ["backup", "create", "--frob"], ["backup", "create"],
                ["backup", "create", "local", "--only", "x"],
            ] {
                #expect(try await home.run(wrong).status == 2, "\(wrong)")
            }
            try await home.expect(4, "backup", "create", "nobody")
            let key = try #require(world.hostKey)
            let again = ["device", "add", "dev", world.address, "--accept-fingerprint", key.fingerprint]
            #expect(try await home.run(again).status == 5)
            let unasked = try await home.run(["device", "add", "other", world.address, "--json"])
            #expect(unasked.status == 9, "\(unasked.story)")
            #expect(unasked.text.contains(key.fingerprint))
            let wrongKey = try await home.run([
                "device", "add", "other", world.address, "--accept-fingerprint", "SHA256:abc",
            ])
            #expect(wrongKey.status == 6, "\(wrongKey.story)")
            try await home.expect(
                0, "device", "set", "dev", "--identity", world.folder.makeKey(.ed25519, named: "stranger"))
            let denied = try await home.json(6, "backup", "create", "dev")
            #expect(denied["error"]?["code"]?.string == "authentication-failed", "\(denied)")
            world.stop()
            let gone = try await home.json(7, "backup", "create", "dev")
            #expect(gone["error"]?["code"]?.string == "device-unreachable", "\(gone)")
        }

        @Test func `init twice changes nothing`() async throws {
            let home = try await HoldfastHome.initialised()
            let state =
                "cd '\(home.path)' && sha256sum key vault/config && find . -type f ! -name 'holdfast.db*' ! -name audit.checkpoint | sort"
            let before = try Shell.output(state)
            let again = try await home.run(["init"])
            #expect(again.text.contains("already") && !again.text.contains("holdfast-key-"), "\(again.story)")
            #expect(try Shell.output(state) == before)
        }

        @Test func `without init, without the key and with another key it is told what to do`() async throws {
            let empty = try HoldfastHome()
            let first = try await empty.json(4, "backup", "list")
            #expect(first["error"]?["code"]?.string == "not-initialised")
            #expect(first["error"]?["hint"]?.string?.contains("holdfast init") == true)
            #expect(unsafe access(empty.path, F_OK) != 0, "looking made a folder")

            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try Shell.run("mv '\(home.path)/key' '\(home.scratch.path)/key'")
            let lost = try await home.json(4, "backup", "list")
            #expect(lost["error"]?["code"]?.string == "key-missing", "\(lost)")
            #expect(lost["error"]?["hint"]?.string?.isEmpty == false, "\(lost)")
            let reinit = try await home.run(["init"])
            #expect(reinit.status != 0 && !reinit.text.contains("holdfast-key-"), "\(reinit.story)")

            let other = try await HoldfastHome.initialised()
            try Shell.run("cp '\(other.path)/key' '\(home.path)/key'")
            let wrong = try await home.json(2, "backup", "list")
            #expect(wrong["error"]?["code"]?.string == "key-invalid", "\(wrong)")
            try Shell.run("cp '\(home.scratch.path)/key' '\(home.path)/key'")
            try await home.expect(0, "backup", "verify")
        }

        @Test func `the recovery kit brings a lost key back`() async throws {
            let home = try HoldfastHome()
            let kit = try await home.expect(0, "init")
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try Shell.run("rm '\(home.path)/key'")
            try TestFiles.write(kit.output, to: home.scratch.path + "/kit")
            try await home.expect(0, "key", "restore", "--from", home.scratch.path + "/kit")
            try await home.expect(0, "backup", "verify")
        }
    }
}
