import Basics
import Operations
import Restore
import TestSupport
import Testing

@Suite("Rebuild plans")
struct RebuildTests {
    /// The inventory that a collector made of a real machine's output.
    private static func things(_ section: String, _ fixture: String) throws -> [RebuildFacts.Thing] {
        let tests = TestFiles.folder(of: TestFiles.folder(of: #filePath))
        let path = "\(tests)/CollectorsTests/Fixtures/\(section)/\(fixture)/expected.json"
        let json = try JSONParser.parse(try #require(TestFiles.bytes(at: path), "\(path)"))
        return try #require(json["items"]?.array).map { item in
            RebuildFacts.Thing(
                kind: item["kind"]?.string ?? "", name: item["name"]?.string ?? "",
                fields: item["fields"]?.object ?? [:])
        }
    }

    private static func section(
        _ name: String, _ fixture: String, paths: [String] = [], status: String = "ok", reason: String = ""
    ) throws -> RebuildFacts.Section {
        RebuildFacts.Section(
            name: name, status: status, reason: reason, hint: "", things: try things(name, fixture),
            paths: paths)
    }

    private static func runbook(
        _ sections: [RebuildFacts.Section], holdings: [RebuildFacts.Holding] = [],
        proof: String = "proven 1 d"
    ) -> RebuildRunbook {
        RebuildPlanner(
            RebuildFacts(
                device: "old1", backup: "B1", taken: Timestamp(seconds: 1_790_000_000), proof: proof,
                sections: sections, notCovered: ["Databases as dumps."], holdings: holdings), onto: "new1"
        ).runbook()
    }

    private static func holding(_ section: String, _ paths: Set<String>, bytes: Int64 = 5)
        -> RebuildFacts.Holding
    {
        RebuildFacts.Holding(
            section: section, backup: "B2", taken: Timestamp(seconds: 1_790_000_000), status: "ok",
            bytes: bytes,
            paths: paths)
    }

    /// What becomes of one thing of a real machine.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sections: [RebuildFacts.Section]
        var holdings: [RebuildFacts.Holding] = []
        let item: String
        let fate: RebuildRunbook.Fate
        var words = ""

        init(
            _ name: String, _ sections: [RebuildFacts.Section], holdings: [RebuildFacts.Holding] = [],
            _ item: String,
            _ fate: RebuildRunbook.Fate, _ words: String = ""
        ) {
            testDescription = name
            self.sections = sections
            self.holdings = holdings
            self.item = item
            self.fate = fate
            self.words = words
        }
    }

    private static func cases() throws -> [Case] {
        let volume = "/var/lib/docker/volumes/paperless_data/_data"
        let volumes = try section("docker-volumes", "debian_12_docker20-homelab")
        let users = try section("users", "debian_12_root", paths: ["/etc/passwd", "/etc/shadow"])
        let poor = try section("users", "debian_12_root", paths: ["/etc/passwd"])
        let compose = try section(
            "compose", "debian_12_compose1-homelab", paths: ["/srv/stacks/paperless/docker-compose.yml"])
        return [
            Case(
                "packages", [try section("packages-dpkg", "debian_12_root")], "169 packages (packages-dpkg)",
                .coverable),
            Case("a user", [users], "user rene", .coverable),
            Case("a user whose password was not read", [poor], "user rene", .byHand, "passwd"),
            Case("a home folder that nobody named", [users], "home /home/rene", .lost, "--path"),
            Case(
                "a home folder in the backup",
                [users, RebuildFacts.Section(name: "paths", status: "ok", paths: ["/home/rene/.profile"])],
                "home /home/rene", .coverable),
            Case("a volume without data", [volumes], "volume paperless_data", .lost, "--include-data"),
            Case(
                "a volume with data", [volumes], holdings: [holding("container-data", [volume])],
                "volume paperless_data", .coverable, "B2"),
            Case(
                "a volume that the data lacks", [volumes], holdings: [holding("container-data", ["/x"])],
                "volume paperless_data", .lost, "B2"),
            Case("a compose project", [compose], "compose project paperless", .coverable),
            Case(
                "a compose project whose file is missing",
                [try section("compose", "debian_12_compose1-homelab")],
                "compose project paperless", .lost, "docker-compose.yml"),
            Case(
                "a container by itself", [try section("docker-containers", "debian_12_docker20-homelab")],
                "container oneshot", .byHand, "docker run --detach --name oneshot"),
            Case(
                "a file that makes the machine itself",
                [
                    RebuildFacts.Section(
                        name: "network-config", status: "ok", paths: ["/etc/netplan/1.yaml", "/etc/hosts"])
                ],
                "/etc/netplan/1.yaml", .byHand, "backup cat B1 /etc/netplan/1.yaml"),
            Case(
                "a section that was not read",
                [RebuildFacts.Section(name: "cron", status: "denied", reason: "needs root")], "cron", .lost,
                "needs root"),
            Case(
                "a section that was read in part",
                [RebuildFacts.Section(name: "cron", status: "partial", reason: "one file")], "rest of cron",
                .lost, "one file"),
            Case("a section that is not in the backup", [], "users", .lost, "without this section"),
            Case(
                "an instance without an export", [try section("lxd", "debian_12_lxd5-homelab")],
                "lxd instance", .lost,
                "--include-data"),
            Case("what no backup has", [], "not in the backup", .lost, "Databases as dumps."),
        ]
    }

    @Test("Each thing has its fate and its reason")
    func fates() throws {
        for row in try Self.cases() {
            let runbook = Self.runbook(row.sections, holdings: row.holdings)
            let item = runbook.chapters.flatMap(\.items).first {
                $0.name == row.item || $0.name.hasPrefix(row.item + " ")
            }
            #expect(item?.fate == row.fate, "\(row.testDescription): \(String(describing: item))")
            #expect(
                item?.reason.contains(row.words) == true,
                "\(row.testDescription): \(String(describing: item))")
        }
    }

    @Test("Programs that units start and no package brought are lost unless the backup has them")
    func programs() {
        func unit(_ lines: String...) -> RebuildFacts.Section {
            RebuildFacts.Section(
                name: "systemd-units", status: "ok",
                things: [
                    .init(
                        kind: "definition", name: "/etc/systemd/system/app.service",
                        fields: ["lines": .array(lines.map { .string($0) })])
                ])
        }
        let unit = unit(
            "[Service]", "ExecStart=-/opt/app/run --x", "ExecStop=/usr/bin/true", "ExecReload=/opt/%i/x")
        let lost = Self.runbook([unit]).chapters.first { $0.title.hasPrefix("Programs") }
        #expect(lost?.items.map(\.name) == ["/opt/app/run"] && lost?.items.first?.fate == .lost)
        let own = RebuildFacts.Section(name: "paths", status: "ok", paths: ["/opt/app/run"])
        let kept = Self.runbook([unit, own]).chapters.first { $0.title.hasPrefix("Programs") }
        #expect(kept?.items.first?.fate == .coverable)
    }

    @Test("Chapters come in the order of the work, each with its commands")
    func order() throws {
        let sections = [
            try Self.section("packages-dpkg", "debian_12_root", paths: ["/etc/apt/sources.list"]),
            try Self.section("users", "debian_12_root", paths: ["/etc/passwd", "/etc/shadow"]),
            try Self.section("systemd-units", "debian_12_root", paths: ["/etc/systemd/system/x.service"]),
            try Self.section("cron", "debian_12_root", paths: ["/etc/crontab"]),
            try Self.section(
                "compose", "debian_12_compose1-homelab", paths: ["/srv/stacks/paperless/docker-compose.yml"]),
            try Self.section("docker-volumes", "debian_12_docker20-homelab"),
            RebuildFacts.Section(name: "nginx", status: "ok", paths: ["/etc/nginx/nginx.conf"]),
        ]
        let volume = "/var/lib/docker/volumes/paperless_data/_data"
        let runbook = Self.runbook(sections, holdings: [Self.holding("container-data", [volume])])
        let titles = runbook.chapters.map(\.title)
        let wanted = [
            "Repositories and their keys", "Packages", "Users", "Services", "Units", "Containers",
            "Scheduled jobs", "Prove it",
        ]
        #expect(titles.filter(wanted.contains) == wanted)
        let commands = runbook.chapters.flatMap(\.steps).flatMap(\.commands)
        let line = "holdfast restore plan B1 --device new1 --section nginx --in-place"
        #expect(commands.contains(line))
        let stop = commands.firstIndex { $0.hasPrefix("systemctl stop docker") } ?? .max
        let fill = commands.firstIndex { $0.hasPrefix("tar -x") } ?? .max
        let start = commands.firstIndex { $0.hasPrefix("docker compose") } ?? .max
        #expect(stop < fill && fill < start && start < .max)
        #expect(commands.contains("docker volume create paperless_data"))
        #expect(runbook.markdown.contains(line))
    }

    @Test("Names of devices mean nothing in the Markdown")
    func hostileNames() {
        let evil = "a`b\n# Title <b>[x](y)"
        let section = RebuildFacts.Section(
            name: "docker-volumes", status: "ok",
            things: [.init(kind: "volume", name: evil, fields: ["mountpoint": "/x"])])
        let markdown = Self.runbook([section], proof: "never").markdown
        #expect(!markdown.contains("\n# Title"))
        #expect(markdown.contains("``volume a`b"))
        #expect(markdown.contains("No recent drill proved this backup"))
        #expect(markdown.contains("docker volume create 'a`b"))
    }

    @Test(
        "The plan of this machine is made from its newest full backup and written once",
        .timeLimit(.minutes(5)))
    func operation() async throws {
        let services = try await TestServices()
        await #expect { try await services.call("rebuild plan", ["old": "local"]) } throws: {
            ($0 as? OperationError)?.code == .backupUnknown
        }
        for only in [["identity", "users", "network-config", "kernel", "packages-dpkg"], ["identity"]]
            as [JSONValue]
        {
            _ = try await services.call("backup create", ["device": ["local"], "only": only])
        }
        let scratch = try ScratchFolder()
        let file = scratch.path + "/local.md"
        let result = try await services.call("rebuild plan", ["old": "local", "output": .string(file)])
        let markdown = String(decoding: try #require(TestFiles.bytes(at: file)), as: UTF8.self)
        #expect(markdown == result.json["markdown"]?.string)
        #expect(markdown.hasPrefix("# Rebuild local\n") && !markdown.contains("‹hidden"), "\(markdown)")
        #expect(try #require(result.json["coverable"]?.int) > 0)
        #expect(result.json["runbook"]?["chapters"]?[0]?["title"] == "The new machine")
        await #expect {
            try await services.call("rebuild plan", ["old": "local", "output": .string(file)])
        } throws: {
            ($0 as? OperationError)?.code == .ioFailed
        }
        let alone = try await services.call("rebuild plan", ["old": "local", "onto": "spare"])
        #expect(alone.json["markdown"]?.string?.contains("--device spare") == true)
        for wrong in [
            ["device": "local"], ["device": "x", "onto": "y"], ["map": ["a=b"]], ["expires": 0],
        ] as [[String: JSONValue]] {
            await #expect {
                try await services.call("rebuild plan", wrong.merging(["old": "local"]) { $1 })
            } throws: { ($0 as? OperationError)?.code == .argumentInvalid }
        }
    }
}
