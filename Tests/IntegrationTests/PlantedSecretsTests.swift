import Basics
import TestSupport
import Testing

extension Integration {
    /// What a device keeps secret is stored, found again byte for byte, and never shown.
    @Suite("PlantedSecrets", .timeLimit(.minutes(20)))
    struct PlantedSecretsTests {
        private typealias Secret = PlantedSecrets.Secret

        /// All that the program said in the test, by command line.
        private struct Transcript {
            var runs: [HoldfastRun.Outcome] = []

            /// The commands whose output holds `secret`.
            func places(of value: String) -> [String] {
                let bytes = Array(value.utf8)
                return runs.filter {
                    ByteSearch.first(bytes, in: $0.output) != nil
                        || ByteSearch.first(bytes, in: $0.errors) != nil
                }
                .map { $0.arguments.joined(separator: " ") }
            }
        }

        private func plant(_ version: Int, on world: DeviceWorld) throws {
            for (path, text) in PlantedSecrets.files(version) { try world.write(Array(text.utf8), to: path) }
            try PlantedSecrets.tools(version).install(on: world)
        }

        /// Every way to look at something, in text and as JSON, with and without errors.
        private func reads(_ first: String, _ second: String) -> [[String]] {
            let cats = PlantedSecrets.files(1).map { ["backup", "cat", first, $0.path] }
            return cats + [
                ["backup", "show", first], ["backup", "files", first, "--limit", "0"], ["backup", "list"],
                ["backup", "diff", first, second], ["backup", "diff", second, "--live"],
                ["backup", "verify", first],
                ["device", "list"], ["device", "show", "box"], ["device", "check", "box"], ["doctor"],
                ["audit", "list"],
                ["audit", "verify"], ["vault", "check", "--read-data"], ["vault", "stats"],
                ["section", "list"],
                ["backup", "cat", first, "/srv/secrets-of-ann"], ["backup", "cat", first, "/nowhere"],
                ["backup", "create", "box", "--only", "nothing"],
                ["backup", "create", "box", "--only", "compose"],
            ]
        }

        @Test func `defects 9, 11: no planted secret is ever shown, and each comes back byte for byte`()
            async throws
        {
            #expect(PlantedSecrets.all.count >= 40)
            let world = try DeviceWorld()
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "box", more: ["--path", "/srv/secrets-of-ann"])
            var transcript = Transcript()
            func backUp() async throws -> String {
                let outcome = try await home.expect(0, "backup", "create", "box", "--json", "--verbose")
                transcript.runs.append(outcome)
                return try #require(try outcome.json()["backups"]?.array?.first?["backup"]?.string)
            }
            try plant(1, on: world)
            let first = try await backUp()
            try plant(2, on: world)
            let second = try await backUp()
            try plant(3, on: world)
            for read in reads(first, second) {
                for options in [[], ["--json"], ["--verbose"]] {
                    transcript.runs.append(try await home.run(read + options))
                }
            }
            for (version, id) in [(1, first), (2, second)] {
                let folder = try await home.export(id, to: "out\(version)")
                for secret in PlantedSecrets.all { try expectExported(secret, version, in: folder) }
            }
            for secret in PlantedSecrets.all {
                for version in 1...3 {
                    let places = transcript.places(of: secret.value(version))
                    #expect(
                        places.isEmpty, "\(secret.name) (\(secret.place)) is shown by \(places.prefix(5))")
                    let stored = try Shell.output(
                        "grep -rlaF -e '\(secret.value(version))' '\(home.path)' || true")
                    #expect(
                        stored.isEmpty,
                        "\(secret.name) lies in the clear in \(String(decoding: stored, as: UTF8.self))")
                }
            }
            try await expectChanges(first, second, home)
        }

        /// The value lies in the exported files, in the one it came from where it came from a file.
        private func expectExported(_ secret: Secret, _ version: Int, in folder: String) throws {
            let value = Array(secret.value(version).utf8)
            let path: String =
                switch secret.place {
                case .file(let path): path
                case .containerEnvironment, .containerCommand, .containerLabel:
                    "/_holdfast/docker-containers/inspect.out"
                case .instance: "/_holdfast/lxd/instances.out"
                case .unit: "/_holdfast/systemd-units/definitions.out"
                }
            let bytes = TestFiles.bytes(at: folder + path)
            #expect(bytes != nil, "\(path) is missing")
            #expect(ByteSearch.first(value, in: bytes ?? []) != nil, "\(secret.name) is not in \(path)")
            guard case .file = secret.place else { return }
            let planted = PlantedSecrets.files(version).first { $0.path == path }?.text ?? ""
            #expect(bytes == Array(planted.utf8), "\(path) came back changed")
        }

        /// Each changed secret is told as a change.
        private func expectChanges(_ first: String, _ second: String, _ home: HoldfastHome) async throws {
            let difference = try await home.json(0, "backup", "diff", first, second)
            let files = Set((difference["files"]?.array ?? []).compactMap { $0["path"]?.string })
            for (path, _) in PlantedSecrets.files(1) {
                #expect(files.contains(path), "\(path) is not told as changed")
            }
            let items = difference["items"]?.array ?? []
            func fields(_ kind: String, _ name: String) -> Set<String> {
                let item = items.first { $0["kind"]?.string == kind && $0["name"]?.string == name }
                return Set((item?["fields"]?.array ?? []).compactMap { $0["field"]?.string })
            }
            let container = fields("container", "shop")
            for name in ["POSTGRES_PASSWORD", "API_TOKEN", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"] {
                #expect(
                    container.contains { $0.contains(name) }, "\(name) is not told as changed: \(container)")
            }
            #expect(
                container.contains { $0.contains("command") } && container.contains { $0.contains("labels") })
            #expect(!fields("instance", "box").isEmpty)
            #expect(!fields("definition", "/etc/systemd/system/told.service").isEmpty)
        }
    }
}
