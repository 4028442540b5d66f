import Basics
import Collectors
import Operations
import TestSupport
import Testing

@Suite("The scope of a backup", .timeLimit(.minutes(5)))
struct ScopeTests {
    private func create(_ services: TestServices, _ arguments: [String: JSONValue]) async throws -> String {
        let all = arguments.merging(["device": ["local"]]) { first, _ in first }
        let result = try await services.call("backup create", all)
        return try #require(result.json["backups"]?[0]?["backup"]?.string)
    }

    @Test("‘latest’ is the newest of full scope; without one it says which it took")
    func latest() async throws {
        let services = try await TestServices()
        let narrow = try await create(services, ["only": ["identity", "cron"]])
        let first = try await services.call("backup show", ["backup": "latest"])
        #expect(first.json["backup"]?["id"]?.string == narrow)
        #expect(first.warnings.count == 1)
        #expect(first.warnings.first?.contains(narrow) == true)
        #expect(first.warnings.first?.contains("only cron, identity") == true)

        let reduced = try await create(services, ["skip": ["packages-dpkg"]])
        let full = try await create(services, [:])
        let later = try await create(services, ["only": ["identity"]])
        for text in ["latest", "latest:local"] {
            let shown = try await services.call("backup show", ["backup": .string(text)])
            #expect(shown.json["backup"]?["id"]?.string == full)
            #expect(shown.warnings.count == 1 && shown.json["warnings"]?.array?.count == 1)
            for part in [text, full, later, "holds less (only identity)"] {
                #expect(shown.warnings.first?.contains(part) == true, "\(part) in \(shown.warnings)")
            }
        }
        let named = try await services.call("backup show", ["backup": .string(full)])
        #expect(named.warnings.isEmpty && named.json["warnings"] == nil)
        let list = try await services.call("backup list")
        let scopes = (list.json["backups"]?.array ?? []).map { ($0["id"]?.string ?? "", $0["scope"]?.string) }
        let byID = Dictionary(scopes) { first, _ in first }
        #expect(byID[narrow] == "only cron, identity")
        #expect(byID[reduced] == "all but packages-dpkg")
        #expect(byID[full] == "all")
        #expect(byID[later] == "only identity")
        guard case .table(let columns, _, _)? = list.display.first else { throw Missing() }
        #expect(columns.map(\.title).contains("SCOPE"))
        #expect(columns.first == Column("BACKUP", isWhole: true))
    }

    @Test(
        "Every backup says of which machine it is", arguments: [["only": ["cron"]], ["skip": ["identity"]]])
    func machine(_ scope: [String: JSONValue]) async throws {
        let services = try await TestServices()
        let whole = try await create(services, ["only": ["identity"]])
        let part = try await create(services, scope)
        let shown = try await services.call("backup show", ["backup": .string(part)])
        let first = try await services.call("backup show", ["backup": .string(whole)])
        let machine = first.json["machineId"]?.string
        #expect(machine?.isEmpty == false && shown.json["machineId"]?.string == machine)
        let names = (shown.json["sections"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(!names.isEmpty && !names.contains("identity"))
    }

    @Test("Own paths and data are in the words")
    func words() async throws {
        let services = try await TestServices()
        let scratch = try ScratchFolder()
        _ = try await create(services, ["only": ["identity"], "path": [.string(scratch.path)]])
        let list = try await services.call("backup list")
        #expect(list.json["backups"]?[0]?["scope"] == "only identity +paths")
    }

    @Test("Of many sections the first ones are told, as in the safety copy of a whole machine")
    func many() async throws {
        let services = try await TestServices()
        let many: [String] = allCollectors.prefix(9).map { $0.name }
        _ = try await create(services, ["only": .array(many.map { JSONValue.string($0) })])
        let list = try await services.call("backup list")
        let names = many.sorted().prefix(3).joined(separator: ", ")
        let scope: String? = list.json["backups"]?[0]?["scope"]?.string
        #expect(scope == "only \(names) and 6 more")
    }

    private struct Missing: Error {}

    @Test(
        "A label is one line of at most 200 characters",
        arguments: [
            String(repeating: "x", count: 201), "two\nlines", "bell\u{7}",
        ])
    func labels(_ label: String) async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call(
                "backup create", ["device": ["local"], "only": ["identity"], "name": .string(label)])
        }
        #expect(error?.code == .argumentInvalid)
        _ = try await create(
            services, ["only": ["identity"], "name": .string(String(repeating: "é", count: 200))])
        let pinned = await #expect(throws: OperationError.self) {
            try await services.call("backup pin", ["backup": "latest", "note": .string(label)])
        }
        #expect(pinned?.code == .argumentInvalid)
    }
}

@Suite("Smaller things of operations")
struct SmallOperationTests {
    @Test("A line on a section whose name sounds like a secret is shown")
    func sectionNames() async throws {
        let services = try await TestServices()
        func create(_ sections: [JSONValue]) async throws -> JSONValue {
            let result = try await services.call(
                "backup create", ["device": ["local"], "only": .array(sections)])
            return try #require(result.json["backups"]?[0]?["backup"])
        }
        let diff = try await services.call(
            "backup diff", ["from": create(["identity"]), "to": create(["identity", "ssh-keys"])])
        let lines: [String] = diff.display.flatMap { block -> [String] in
            if case .lines(let cells) = block { cells.map(\.text) } else { [] }
        }
        #expect(
            lines.contains { $0.hasPrefix("ssh-keys: not read -> ") && !$0.contains("hidden") }, "\(lines)")
    }

    @Test("No section's problem is hidden because of the section's name")
    func problems() {
        for name in allCollectors.map({ $0.name }) {
            for status in ["partial", "denied", "failed"] {
                let line = "local: \(name) \(status): sudo is needed to read /etc/x"
                #expect(Redactor().redact(line) == line)
            }
        }
    }

    @Test("Refusals say what was wrong")
    func refusals() async throws {
        let services = try await TestServices()
        let folder = try ScratchFolder()
        let cases: [(String, [String: JSONValue], String)] = [
            ("audit list", ["before": 0], "from 1"), ("audit list", ["before": -3], "from 1"),
            ("backup prune", ["keep_last": -1], "0 or a positive number"),
            ("device add", ["name": "latest", "address": "x"], "means something else"),
            ("device add", ["name": "ALL", "address": "x"], "means something else"),
            ("device add", ["name": "local", "address": "x"], "means something else"),
            ("device import", ["file": .string(folder.path)], "no ordinary file"),
            ("device import", ["file": "/bin/sh"], "no text"),
        ]
        for (command, arguments, words) in cases {
            let error = await #expect(throws: OperationError.self, "\(command) \(arguments)") {
                try await services.call(command, arguments)
            }
            #expect(error?.code == .argumentInvalid && error?.message.contains(words) == true, "\(command)")
        }
        let empty = try await services.call("audit list", ["before": 1])
        #expect("\(empty.display)".contains("There is no record before 1."))
    }

    @Test("The key is shown on the command line alone")
    func keyShow() async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call("key show", level: .write)
        }
        #expect(error?.code == .levelTooLow)
    }

    @Test("device check tells what is not installed")
    func check() async throws {
        let services = try await TestServices()
        let result = try await services.call("device check", ["device": "local"])
        let sections = result.json["sections"]?.array ?? []
        for section in sections {
            let missing = section["missing"]?.array?.count ?? 0
            let tools = allCollectors.first { $0.name == section["section"]?.string }.map { collector in
                collector.probes.compactMap(\.tool)
            }
            guard let tools, !tools.isEmpty, Set(tools).count == missing else { continue }
            if section["section"] == "haproxy" || section["section"] == "caddy"
                || section["section"] == "apache"
            {
                #expect(section["outlook"] != "works", "\(section)")
            }
        }
        #expect(sections.first { $0["section"] == "identity" }?["outlook"] == "works")
    }
}
