import Basics
import Operations
import RemoteExecution
import TestSupport
import Testing
import Vault

@Suite("What ‘latest’ says of itself", .timeLimit(.minutes(5)))
struct LatestTests {
    /// Commits a backup without files, dated `ahead` of this moment.
    private func commit(
        _ services: TestServices, _ device: String = "nas", only: [String] = [], skipped: [String] = [],
        ahead: Duration = .zero, status: BackupSummary.Status = .ok
    ) async throws -> String {
        let writer = try await services.vault().beginWriting(what: "test")
        let time = SystemClock().now() + ahead
        let draft = BackupDraft(
            name: "", device: BackupDevice(name: device), started: time, finished: time, status: status,
            tool: "test", sections: [], entries: [],
            scope: BackupScope(only: only, skipped: skipped))
        let backup = try await writer.commit(draft)
        await writer.finish()
        return backup.id.text
    }

    private func warnings(
        _ services: TestServices, _ text: String, command: String = "backup show"
    ) async throws -> [String] {
        let isList = command == "backup verify"
        let value: JSONValue = isList ? [.string(text)] : .string(text)
        return try await services.call(command, ["backup": value]).warnings
    }

    @Test("a newer, narrower backup is named by every command that passes it over")
    func newer() async throws {
        let services = try await TestServices()
        let whole = try await commit(services, ahead: .seconds(-60))
        let other = try await commit(services, "web1", skipped: ["cron"], ahead: .seconds(-50))
        #expect(try await warnings(services, "latest:nas").isEmpty)
        let first = try await commit(services, only: ["cron"], ahead: .seconds(-40))
        let second = try await commit(services, only: ["identity"], ahead: .seconds(-30))
        for command in ["backup show", "backup files", "backup pin", "backup verify"] {
            let said = try await warnings(services, "latest:nas", command: command)
            #expect(said.count == 1, "\(command)")
            for part in [whole, second, "of nas", "only identity", "1 more newer one "] {
                #expect(said.first?.contains(part) == true, "\(command): \(part) in \(said)")
            }
            #expect(said.first?.contains(first) == false)
        }
        let all = try await warnings(services, "latest")
        #expect(all.count == 1 && all[0].contains("2 more newer ones "), "\(all)")
        let reduced = try await warnings(services, "latest:web1")
        #expect(reduced.count == 1 && reduced[0].contains("no backup of all sections"), "\(reduced)")
        #expect(reduced[0].contains(other))
    }

    @Test("one that failed is the latest only where there is no other")
    func failed() async throws {
        let services = try await TestServices()
        let only = try await commit(services, ahead: .seconds(-70), status: .failed)
        #expect(
            try await services.call("backup show", ["backup": "latest:nas"]).json["backup"]?["id"]?.string
                == only)
        let some = try await commit(services, ahead: .seconds(-60), status: .partial)
        let none = try await commit(services, ahead: .seconds(-50), status: .failed)
        let shown = try await services.call("backup show", ["backup": "latest:nas"])
        #expect(shown.json["backup"]?["id"]?.string == some, "\(shown.json)")
        #expect(
            shown.warnings.contains(
                "‘latest:nas’ is \(some); the newer \(none) of nas was passed over, as it failed"),
            "\(shown.warnings)")
    }

    @Test("a partial backup is the latest only with a word on the whole one before it")
    func partial() async throws {
        let services = try await TestServices()
        let whole = try await commit(services, ahead: .seconds(-60))
        let part = try await commit(services, ahead: .seconds(-50), status: .partial)
        let said = try await warnings(services, "latest:nas")
        #expect(
            said.count == 1 && said[0].contains(whole) && said[0].contains(part)
                && said[0].contains("partial"), "\(said)")
        _ = try await commit(services, ahead: .seconds(-40))
        #expect(try await warnings(services, "latest:nas").isEmpty)
    }

    @Test("a backup from the future is the latest only with a warning")
    func future() async throws {
        let services = try await TestServices()
        let sound = try await commit(services, ahead: .seconds(-60))
        _ = try await commit(services, ahead: .seconds(30))
        #expect(try await warnings(services, "latest").isEmpty, "clocks differ a little")
        let ahead = try await commit(services, ahead: .seconds(86_400 * 400))
        let said = try await warnings(services, "latest")
        #expect(said.count == 1, "\(said)")
        #expect(said[0].contains(ahead) && said[0].contains("lies in the future"), "\(said)")
        #expect(!said[0].contains(sound) && said[0].contains("before this moment is"), "\(said)")
        #expect(try await warnings(services, ahead).isEmpty)
    }

    @Test("a newer backup that cannot be read is named")
    func damaged() async throws {
        let services = try await TestServices()
        let whole = try await commit(services, ahead: .seconds(-60))
        let lost = try await commit(services, ahead: .seconds(-30))
        services.files.damage("backups/\(lost).manifest") { $0[20] ^= 1 }
        let said = try await warnings(services, "latest:nas")
        #expect(said.count == 1 && said[0].contains(whole) && said[0].contains(lost), "\(said)")
    }

    @Test("a caller of some devices is told of no other")
    func scoped() async throws {
        let services = try await TestServices()
        _ = try await commit(services, "web1", only: ["cron"], ahead: .seconds(-20))
        let own = try await commit(services, ahead: .seconds(-60))
        let lost = try await commit(services, "web1", ahead: .seconds(-30))
        services.files.damage("backups/\(lost).manifest") { $0[20] ^= 1 }
        let show = try #require(
            allOperations.first { $0.contract.command == ["backup", "show"] })
        let name = try #require(DeviceName("nas"))
        let context = services.context(.read, scope: .only([name]))
        let result = try await show.call(["backup": "latest"], in: context)
        #expect(result.json["backup"]?["id"]?.string == own)
        #expect(result.warnings.isEmpty, "\(result.warnings)")
    }
}
