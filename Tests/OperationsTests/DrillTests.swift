import Basics
import Operations
import Storage
import TestSupport
import Testing
import Vault

@Suite("Drills", .timeLimit(.minutes(5)))
struct DrillTests {
    private func create(_ services: TestServices, _ folder: String, _ only: [JSONValue]) async throws
        -> String
    {
        let result = try await services.call(
            "backup create", ["device": ["local"], "only": .array(only), "path": [.string(folder)]])
        return try #require(result.json["backups"]?[0]?["backup"]?.string)
    }

    private func drill(
        _ services: TestServices, _ backup: String, _ more: [String: JSONValue] = [:]
    ) async throws -> (isGood: Bool, checks: [String: (result: String, reason: String)]) {
        let scratch = try ScratchFolder()
        let arguments: [String: JSONValue] = ["backup": .string(backup), "scratch": .string(scratch.path)]
        let result = try await services.call("restore drill", arguments.merging(more) { $1 })
        #expect(try Folder.items(scratch.path).isEmpty, "the scratch folder is cleared away")
        var checks: [String: (result: String, reason: String)] = [:]
        for check in result.json["checks"]?.array ?? [] {
            checks[check["name"]?.string ?? ""] = (
                check["result"]?.string ?? "", check["reason"]?.string ?? ""
            )
        }
        #expect(result.isComplete == (result.json["isGood"] == true))
        return (result.json["isGood"] == true, checks)
    }

    /// One of everything below a folder.
    private func furnish(_ path: String) throws {
        try Shell.run(
            """
            cd '\(path)' && mkdir -p d/e && printf x >d/e/file && chmod 2750 d && touch -d '2001-02-03 04:05:06.789 UTC' d/e/file
            ln d/e/file hard && ln -s ../nowhere broken && mkfifo pipe && truncate -s 5M sparse && printf end >>sparse
            head -c 3000000 /dev/urandom >large && printf odd >"$(printf 'n\\377\\n')" && : >empty && chmod 4755 empty
            echo hello | gzip >a.gz && chmod 0 d/e/file
            """)
    }

    @Test("A good backup of this machine passes, and the list says so")
    func good() async throws {
        let services = try await TestServices()
        let source = try ScratchFolder()
        try furnish(source.path)
        let id = try await create(
            services, source.path, ["identity", "users", "sudoers", "sshd", "cron", "systemd-units", "paths"])
        let before = try await services.call("backup list")
        #expect(before.json["backups"]?[0]?["proven"]?["state"] == "never")
        let (isGood, checks) = try await drill(services, id)
        #expect(isGood, "\(checks)")
        for name in ["inventories", "contents", "comparison", "sections", "gzip"] {
            #expect(checks[name]?.result == "ok", "\(name): \(String(describing: checks[name]))")
        }
        let list = try await services.call("backup list")
        #expect(list.json["backups"]?[0]?["proven"]?["state"] == "proven")
        let pruned = try await services.call("backup prune", ["keep_last": 1, "dry_run": true])
        #expect(JSONWriter.text(pruned.json).contains("newest proven one of the device"))
        #expect(
            await services.store.entries.contains { $0.operation == "restore drill" && $0.result == "ok" })
    }

    @Test("A drill of a part proves that part only")
    func part() async throws {
        let services = try await TestServices()
        let source = try ScratchFolder()
        try furnish(source.path)
        let id = try await create(services, source.path, ["identity", "paths"])
        #expect(try await drill(services, id, ["section": ["paths"]]).isGood)
        let list = try await services.call("backup list")
        #expect(list.json["backups"]?[0]?["proven"]?["state"] == "part")
        await #expect {
            try await services.call("restore drill", ["backup": .string(id), "section": ["none"]])
        } throws: {
            ($0 as? OperationError)?.code == .argumentInvalid
        }
    }

    @Test("One flipped byte of the vault is found, with the files it concerns", arguments: [0.3, 0.6])
    func corrupted(_ place: Double) async throws {
        let services = try await TestServices()
        let source = try ScratchFolder()
        try Shell.run("cd '\(source.path)' && head -c 2000000 /dev/urandom >precious && echo a >other")
        let id = try await create(services, source.path, ["identity", "paths"])
        let pack = try #require(
            try services.files.items(in: "packs").filter(\.isFolder).flatMap { folder in
                try services.files.items(in: "packs/\(folder.name)").map {
                    ($0.size, "packs/\(folder.name)/\($0.name)")
                }
            }.max { $0.0 < $1.0 }?.1
                ?? services.files.items(in: "packs").max { $0.size < $1.size }.map { "packs/\($0.name)" }
        )
        services.files.damage(pack) { $0[Int(Double($0.count) * place)] ^= 1 }
        let again = try await TestServices(reopening: services)
        let (isGood, checks) = try await drill(again, id)
        #expect(!isGood)
        #expect(checks["contents"]?.result == "failed", "\(checks)")
        #expect(
            checks["contents"]?.reason.contains("\(source.path)/precious cannot be read: ") == true,
            "\(checks)")
        // What could not be restored was not compared either.
        #expect(checks["comparison"]?.result == "failed", "\(checks)")
        #expect(checks["comparison"]?.reason.contains("could not be restored") == true, "\(checks)")
        let shown = try await again.call("backup show", ["backup": .string(id)])
        #expect(shown.json["backup"]?["proven"]?["state"] == "failed")
        #expect(JSONWriter.text(shown.json).contains("precious"))
    }

    // MARK: Containers

    /// A backup of a machine with a compose project and a volume, as the collectors would make it.
    private func containers(
        _ services: TestServices, volume: [String], files: [(String, String)], at seconds: Int64
    ) async throws -> String {
        let vault = try await services.vault()
        let writer = try await vault.beginWriting(what: "test")
        let place = "/var/lib/docker/volumes/shop_db/_data"
        var entries = [FileEntry(path: Array(place.utf8), kind: .folder, mode: 0o700, section: 3)]
        let all = files.map { ($0.0, $0.1, 0) } + volume.map { ("\(place)/\($0)", "rows", 3) }
        let contents = try await writer.store(contents: all.map { Array($0.1.utf8) })
        for (file, content) in zip(all, contents) {
            entries.append(
                FileEntry(
                    path: Array(file.0.utf8), kind: .file, mode: 0o600, size: Int64(file.1.utf8.count),
                    modified: 1_700_000_000_000_000_000, content: content, section: file.2))
        }
        let inventories = try await writer.store(
            contents: [
                #"{"items":[{"kind":"compose-project","name":"shop","fields":{"files":["/srv/shop/compose.yml"],"folders":["/srv/shop"],"services":{"db":1}}}],"remarks":[]}"#,
                #"{"items":[{"kind":"container","name":"shop-db-1","fields":{"mounts":[{"type":"volume","volume":"shop_db","destination":"/app/rows"}]}}],"remarks":[]}"#,
                #"{"items":[{"kind":"volume","name":"shop_db","fields":{"driver":"local","mountpoint":"\#(place)"}}],"remarks":[]}"#,
            ].map { Array($0.utf8) }, as: .record)
        let sections = [
            SectionRecord(name: "compose", status: .ok, inventory: inventories[0], files: files.count),
            SectionRecord(name: "docker-containers", status: .ok, inventory: inventories[1]),
            SectionRecord(name: "docker-volumes", status: .ok, inventory: inventories[2]),
            SectionRecord(name: "container-data", status: .ok, files: volume.count + 1),
        ]
        let time = Timestamp(seconds: seconds)
        let manifest = try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "shop1"), started: time, finished: time, status: .ok, tool: "test",
                sections: sections, entries: entries))
        return manifest.id.text
    }

    private static let compose = (
        "/srv/shop/compose.yml",
        "services:\n  db:\n    image: x\n    env_file: db.env\nsecrets:\n  pw:\n    file: ./secrets/pw.txt\n"
    )
    private static let whole = [
        compose, ("/srv/shop/db.env", "A=1\n"), ("/srv/shop/secrets/pw.txt", "hunter2hunter2\n"),
    ]

    @Test("A compose project with its secrets and a filled volume passes")
    func project() async throws {
        let services = try await TestServices()
        let id = try await containers(services, volume: ["a", "b"], files: Self.whole, at: 1_790_000_000)
        let (isGood, checks) = try await drill(services, id)
        #expect(isGood, "\(checks)")
        #expect(checks["volume shop_db"]?.reason == "2 files restored")
        #expect(checks["compose /srv/shop/compose.yml"]?.result == "ok")
    }

    @Test("A missing secret file is named")
    func missingSecret() async throws {
        let services = try await TestServices()
        let id = try await containers(
            services, volume: ["a"], files: Array(Self.whole.dropLast()), at: 1_790_000_000)
        let (isGood, checks) = try await drill(services, id)
        #expect(!isGood)
        #expect(
            checks["compose /srv/shop/compose.yml"]?.reason
                == "the secret file /srv/shop/secrets/pw.txt, named in line 7, is not in the backup")
    }

    @Test("A compose file that the project was started from and that the backup lacks is named")
    func missingProject() async throws {
        let services = try await TestServices()
        let id = try await containers(services, volume: ["a"], files: [Self.whole[1]], at: 1_790_000_000)
        let (isGood, checks) = try await drill(services, id)
        #expect(!isGood)
        #expect(checks["compose project shop"]?.reason.contains("/srv/shop/compose.yml") == true, "\(checks)")
    }

    @Test("A volume that held files and is empty now fails; one that never did does not")
    func emptyVolume() async throws {
        let services = try await TestServices()
        let first = try await containers(services, volume: [], files: Self.whole, at: 1_790_000_000)
        let (isGood, checks) = try await drill(services, first)
        #expect(isGood && checks["volume shop_db"]?.result == "not checked", "\(checks)")
        let full = try await containers(services, volume: ["a"], files: Self.whole, at: 1_790_000_100)
        let empty = try await containers(services, volume: [], files: Self.whole, at: 1_790_000_200)
        let (isStillGood, after) = try await drill(services, empty)
        #expect(!isStillGood)
        #expect(after["volume shop_db"]?.reason == "it is empty, and held 1 file in backup \(full)")
    }

    @Test("A section with fewer files than its record says fails; the folder of a dead drill is cleared away")
    func leftovers() async throws {
        let services = try await TestServices()
        let id = try await containers(services, volume: ["a"], files: Self.whole, at: 1_790_000_000)
        let scratch = try ScratchFolder()
        try Shell.run(
            "cd '\(scratch.path)' && mkdir -p drill-0011/tree/x && : >drill-0011/lock && echo s >drill-0011/tree/x/y && mkdir -p drill-other other drill-0012/tree && echo s >drill-0012/tree/z"
        )
        let result = try await services.call(
            "restore drill",
            ["backup": .string(id), "scratch": .string(scratch.path), "section": ["compose"]])
        #expect(result.json["isGood"] == true, "\(result.json)")
        #expect(try Folder.items(scratch.path).map(\.name) == ["drill-other", "other"])
        await #expect {
            try await services.call("restore drill", ["backup": .string(id), "scratch": "here"])
        } throws: {
            ($0 as? OperationError)?.code == .argumentInvalid
        }
    }

    @Test("Proofs age", arguments: [(0, "proven"), (29, "proven"), (31, "stale")])
    func age(_ days: Int64, _ state: String) {
        let then = Timestamp(seconds: 1_790_000_000)
        let record = DrillRecord(
            when: then, elapsed: .seconds(1), isGood: true, sections: [], files: 1, bytes: 1, checks: 1,
            failed: 0,
            notChecked: 0, failures: [])
        #expect(DrillProof(record, now: then + .seconds(days * 86_400)).state.rawValue == state)
        #expect(
            DrillProof(record, now: then + .seconds(days * 86_400 + 60), staleAfter: 400).state == .proven)
        #expect(DrillProof(nil, now: then).cell.text == "never")
    }
}
