import Basics
import Codecs
import TestSupport
import Testing
import Vault

@testable import Operations

/// Backups of machines that other programs made.
@Suite(.timeLimit(.minutes(5))) struct ForeignBackupTests {
    private let folder: ScratchFolder
    private let services: TestServices

    init() async throws {
        folder = try ScratchFolder()
        services = try await TestServices()
    }

    private func take(
        _ from: String, _ path: String, dryRun: Bool = false
    ) async throws -> JSONValue {
        try await services.call(
            "backup import", ["from": .string(from), "path": .string(path), "dry_run": .bool(dryRun)]
        ).json
    }

    private func refusal(_ from: String, _ path: String) async -> OperationError.Code? {
        await #expect(throws: OperationError.self) { try await take(from, path) }?.code
    }

    /// The files of a series' newest backup, and their bytes.
    private func files(_ series: String) async throws -> [String: [UInt8]] {
        let vault = try await services.vault()
        let newest = try #require(try await vault.backups(of: series).first)
        var files: [String: [UInt8]] = [:]
        for entry in try await vault.entries(of: try await vault.manifest(newest.id)) {
            files[String(decoding: entry.path, as: UTF8.self)] = try await vault.bytes(of: entry.content)
        }
        return files
    }

    // MARK: washyu

    private static let washyu = #"""
        {"backup_id": "backup_20251102_101112_0a1b2c3d", "created_at": "2025-11-02T10:11:12.345678", "scope": "full",
         "include_data": true, "network_topology": {}, "services": {}, "devices": {
          "1": {"device_id": 1, "connection_info": {"hostname": "nas", "username": "mcp_admin", "port": 22},
            "services": {
              "web": {"type": "docker", "config": [{"Id": "abc", "Name": "/web"}], "backed_up": true,
                      "data_backup": "/tmp/backup_web.tar.gz"},
              "c1": {"type": "lxd", "config": "architecture: x86_64\n"},
              "ssh.service": {"type": "systemd", "config": "[Service]\nExecStart=/usr/sbin/sshd\n"},
              "../../etc/cron.d/evil": {"type": "docker", "config": "x"}},
            "system_config": {"crontab": "0 1 * * * /bin/true\n", "ssh": "PermitRootLogin no\n"},
            "network_config": {"interfaces": "No network config found", "firewall": "Status: inactive\n",
                               "dns": "nameserver 192.0.2.1\n"},
            "backed_up_at": "2025-11-02T10:11:13"},
          "2": {"device_id": 2, "connection_info": {"hostname": "$(reboot)"}, "error": "Connection refused"}}}
        """#

    @Test func `each device of a file becomes a backup of a series of its own`() async throws {
        try folder.write(Array(Self.washyu.utf8), to: "w.json")
        let trial = try await take("washyu", folder.path + "/w.json", dryRun: true)
        #expect(trial["backups"]?.array?.map { $0["outcome"] } == ["would-store", "would-store"])
        let output = try await take("washyu", folder.path + "/w.json")
        #expect(output["backups"]?.array?.map { $0["series"] } == ["washyu:nas", "washyu:device-2"])
        #expect(output["backups"]?.array?.map { $0["outcome"] } == ["stored", "stored"])
        let again = try await take("washyu", folder.path + "/w.json")
        #expect(again["backups"]?.array?.map { $0["outcome"] } == ["present", "present"])
        let files = try await files("washyu:nas")
        #expect(
            files.keys.sorted() == [
                "/crontab", "/docker/web.json", "/etc/resolv.conf", "/etc/ssh/sshd_config", "/lxd/c1.txt",
                "/systemd/ssh.service.txt", "/ufw-status.txt", "/washyu.json",
            ])
        #expect(files["/etc/ssh/sshd_config"] == Array("PermitRootLogin no\n".utf8))
        let record = try JSONParser.parse(try #require(files["/washyu.json"]))
        #expect(record == (try JSONParser.parse(Self.washyu))["devices"]?["1"])
        let vault = try await services.vault()
        let nas = try #require(try await vault.backups(of: "washyu:nas").first)
        #expect(nas.started == WashyuBackups.time("2025-11-02T10:11:12.345678"))
        let manifest = try await vault.manifest(nas.id)
        #expect(manifest.notCovered.contains { $0.contains("data of docker ‘web’") })
        #expect(manifest.notCovered.contains { $0.contains("interfaces: there was none") })
        // What failed there is no success here.
        let failed = try #require(try await vault.backups(of: "washyu:device-2").first)
        #expect(failed.status == .partial && !failed.isOfDevice)
        await #expect(throws: VaultError.self) { try await vault.resolve("latest") }
    }

    @Test func `two devices with one host name are two series`() async throws {
        let text = #"""
            {"backup_id": "b1", "created_at": "2026-01-02T03:04:05", "devices": {
              "1": {"connection_info": {"hostname": "localhost"}, "system_config": {"crontab": "first"}},
              "2": {"connection_info": {"hostname": "localhost"}, "system_config": {"crontab": "second"}}}}
            """#
        try folder.write(Array(text.utf8), to: "w.json")
        let output = try await take("washyu", folder.path + "/w.json")
        #expect(output["backups"]?.array?.map { $0["outcome"] } == ["stored", "stored"])
        #expect(try await files("washyu:localhost-1")["/crontab"] == Array("first".utf8))
        #expect(try await files("washyu:localhost-2")["/crontab"] == Array("second".utf8))
        // What was changed is another backup, and the same is not.
        try folder.write(Array(text.replacing("second", with: "third").utf8), to: "w.json")
        for outcome in ["stored", "present"] {
            let again = try await take("washyu", folder.path + "/w.json")
            #expect(again["backups"]?.array?.map { $0["outcome"]?.string } == ["present", outcome])
        }
    }

    @Test(arguments: [
        ("", OperationError.Code.fileInvalid), ("[]", .fileInvalid), (#"{"backup_id": "x"}"#, .fileInvalid),
        (#"{"backup_id": "x", "created_at": "yesterday", "devices": {}}"#, .fileInvalid),
    ])
    func `what is none of washyu’s is refused`(_ text: String, _ code: OperationError.Code) async throws {
        try folder.write(Array(text.utf8), to: "w.json")
        #expect(await refusal("washyu", folder.path + "/w.json") == code)
        #expect(await refusal("washyu", folder.path + "/none") == .fileUnknown)
        #expect(await refusal("washyu", folder.path) == .ioFailed)
    }

    @Test func `times are read with a zone and without`() {
        #expect(WashyuBackups.time("2025-11-02T10:11:12Z") == Timestamp("2025-11-02T10:11:12Z"))
        #expect(WashyuBackups.time("2025-11-02T10:11:12.3") != nil)
        for text in ["", "2025", "2025-11", "2025-13-02T10:11:12"] {
            #expect(WashyuBackups.time(text) == nil)
        }
    }

    // MARK: kastell

    private func kastell() throws -> String {
        let root = folder.path + "/backups"
        try Shell.run(
            """
            mkdir -p '\(root)/web/2025-10-01_02-03-04-005' '\(root)/web/2025-10-02_02-03-04-005' \
                '\(root)/panel/2025-10-03_00-00-00-000' '\(root)/old/x'
            cd '\(root)/web/2025-10-01_02-03-04-005'
            echo '{"serverName": "web", "provider": "hetzner", "timestamp": "2025-10-01T02:03:04.005Z",
                   "coolifyVersion": "n/a", "files": ["bare-config.tar.gz"], "mode": "bare"}' >manifest.json
            head -c 6000000 /dev/urandom >bare-config.tar.gz
            cd ../2025-10-02_02-03-04-005
            echo '{"serverName": "web", "provider": "hetzner", "timestamp": "?", "coolifyVersion": "n/a",
                   "files": ["bare-config.tar.gz", "../../../../etc/passwd", "gone.tar.gz"]}' >manifest.json
            printf x | gzip >bare-config.tar.gz
            echo '{"serverName": "pa nel", "timestamp": "2025-10-03T00:00:00Z"}' \
                >'\(root)/panel/2025-10-03_00-00-00-000/manifest.json'
            """)
        return root
    }

    @Test func `folders become backups with their archives as they are`() async throws {
        let root = try kastell()
        let output = try await take("kastell", root)
        let rows = try #require(output["backups"]?.array)
        #expect(rows.map { $0["series"] } == ["kastell:web", "kastell:web"])
        #expect(
            rows.map { $0["made"]?.string } == ["2025-10-01T02:03:04.005Z", "2025-10-02T02:03:04.005Z"]
                || rows.compactMap { $0["made"]?.string.flatMap { Timestamp($0) } }
                    == ["2025-10-01T02:03:04.005Z", "2025-10-02T02:03:04.005Z"].compactMap { Timestamp($0) }
        )
        #expect(output["skipped"]?.array?.count == 2, "\(output["skipped"] ?? .null)")
        let vault = try await services.vault()
        let backups = try await vault.backups(of: "kastell:web")
        #expect(backups.map(\.status) == [.partial, .ok])
        let manifest = try await vault.manifest(backups[1].id)
        let entries = try await vault.entries(of: manifest)
        #expect(
            entries.map { String(decoding: $0.path, as: UTF8.self) } == [
                "/bare-config.tar.gz", "/manifest.json",
            ])
        #expect(entries[0].size == 6_000_000 && entries[0].content.count > 1)
        let bytes = try await vault.bytes(of: entries[0].content)
        #expect(bytes == TestFiles.bytes(at: root + "/web/2025-10-01_02-03-04-005/bare-config.tar.gz"))
        let doubts = try await vault.manifest(backups[0].id).sections[0].reason
        #expect(
            doubts.contains("is empty") && doubts.contains("gone.tar.gz is missing")
                && doubts.contains("elsewhere"))
        #expect(try await files("kastell:web").keys.sorted() == ["/bare-config.tar.gz", "/manifest.json"])
        // One server’s folder, and one backup’s, are as good.
        for path in ["/web", "/web/2025-10-01_02-03-04-005"] {
            let again = try await take("kastell", root + path)
            #expect(again["backups"]?.array?.allSatisfy { $0["outcome"] == "present" } == true)
        }
        let proof = try await services.call("backup verify", ["backup": [.string(backups[1].id.text)]]).json
        #expect(proof["backups"]?[0]?["isGood"] == true)
    }

    @Test func `what cannot be taken of one backup ends no import, and no link is followed`() async throws {
        let root = folder.path + "/backups"
        try Shell.run(
            """
            mkdir -p '\(root)/web/a' '\(root)/web/b'; echo secret >'\(folder.path)/shadow'
            for day in a:01 b:02; do echo '{"serverName": "web", "timestamp": "2025-10-'${day#*:}'T00:00:00Z"}' \
                >"\(root)/web/${day%:*}/manifest.json"; done
            mkdir '\(root)/web/later'; echo '{"serverName": "web", "timestamp": "2099-10-01T00:00:00Z"}' >'\(root)/web/later/manifest.json'
            ln -s '\(folder.path)/shadow' '\(root)/web/a/x.gz'; ln -s / '\(root)/web/a/y.gz'; mkfifo '\(root)/web/a/z.gz'
            """)
        let output = try await take("kastell", root)
        #expect(output["backups"]?.array?.map { $0["outcome"] } == ["stored", "stored"])
        #expect(output["skipped"]?.array?.count == 1)
        #expect(output["skipped"]?[0]?.string?.contains("made in the future") == true)
        let doubts = output["backups"]?[0]?["doubts"]?.array?.compactMap(\.string) ?? []
        #expect(
            doubts == ["x", "y", "z"].map { "\($0).gz is no ordinary file, and was not taken" }, "\(doubts)")
        #expect(try await files("kastell:web").keys.sorted() == ["/manifest.json"])
    }

    @Test func `a record of washyu’s without anything is doubtful`() async throws {
        let path = folder.path + "/w.json"
        let text =
            #"{"backup_id": "b", "created_at": "2025-11-02T10:11:12Z", "devices": {"1": "str", "2": null, "3": []}}"#
        try TestFiles.write(Array(text.utf8), to: path)
        let output = try await take("washyu", path)
        #expect(output["backups"]?.array?.allSatisfy { $0["doubts"] == ["there is nothing in it"] } == true)
        try TestFiles.write(Array(text.replacing("2025", with: "2099").utf8), to: path)
        #expect(try await take("washyu", path)["skipped"]?.array?.count == 3)
    }

    @Test func `what is none of kastell’s is told`() async throws {
        #expect(await refusal("kastell", folder.path + "/none") == .fileUnknown)
        try Shell.run(
            "mkdir -p '\(folder.path)/e'; mkfifo '\(folder.path)/e/x.gz'; echo '{' >'\(folder.path)/e/manifest.json'"
        )
        #expect(try await take("kastell", folder.path + "/e")["skipped"]?.array?.count == 1)
        try Shell.run(
            "echo '{\"serverName\": \"s\", \"timestamp\": \"2025-10-03T00:00:00Z\"}' >'\(folder.path)/e/manifest.json'"
        )
        // A pipe is no archive.
        let row = try await take("kastell", folder.path + "/e")["backups"]?[0]
        #expect(row?["doubts"] == ["x.gz is no ordinary file, and was not taken"])
        #expect(KastellBackups.time("2025-10-03_00-00-00") == nil)
    }
}
