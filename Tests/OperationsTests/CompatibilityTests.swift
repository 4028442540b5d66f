import Basics
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import Operations

/// The tools under names of other systems: what they stand for, and that its gates are theirs.
@Suite struct CompatibilityTests {
    /// A launcher that takes every order and runs none.
    private struct Waiting: JobLauncher {
        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {}
    }

    private func context(
        _ home: RightsHome, _ level: AccessLevel = .write, _ scope: DeviceScope = .all
    ) -> OperationContext {
        home.context().with(Caller(actor: "grant:bot", surface: "mcp", level: level, scope: scope))
    }

    private func call(
        _ tool: String, _ arguments: [String: JSONValue], _ context: OperationContext
    ) async throws(OperationError) -> JSONValue {
        let operation = compatibilityOperations.first { $0.contract.guidance?.name == tool }
        guard let operation else { throw OperationError(.internalFailure, "no tool \(tool)") }
        return try await operation.call(arguments, in: context).json
    }

    private func code(
        _ tool: String, _ arguments: [String: JSONValue], _ context: OperationContext
    ) async -> OperationError.Code? {
        do throws(OperationError) {
            _ = try await call(tool, arguments, context)
            return nil
        } catch { return error.code }
    }

    @Test func `rows are sorted, and none is a command`() {
        let names = compatibilityOperations.compactMap(\.contract.guidance?.name)
        #expect(names == names.sorted() && names.count == compatibilityOperations.count)
        let commands = Set(allOperations.map(\.contract.command))
        #expect(compatibilityOperations.allSatisfy { !commands.contains($0.contract.command) })
        #expect(compatibilityOperations.allSatisfy { $0.contract.reach == .scoped })
    }

    @Test func `a backup of infrastructure is the job of a backup`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        let context = context(home)
        let made = try await call(
            "create_infrastructure_backup",
            [
                "backup_scope": "device_specific", "device_ids": ["web"], "include_data": true,
                "backup_name": "../../etc/passwd",
            ], context)
        #expect(made["status"] == "started" && made["include_data"] == true)
        let id = try #require(made["job"]?.string)
        let record = try #require(try await home.jobs().job(id))
        #expect(record.operation == "backup create" && record.actor == "grant:bot")
        let arguments = JobDocument(record.document)?.arguments
        #expect(arguments?["device"] == ["web"] && arguments?["include_data"] == true)
        #expect(arguments?["name"] == "../../etc/passwd")
        let all = try await call("create_infrastructure_backup", [:], context)
        let other = try #require(try await home.jobs().job(all["job"]?.string ?? ""))
        #expect(JobDocument(other.document)?.arguments["all"] == true)
        // Both are on the record: what was called, and what it came to.
        let operations = try await home.audit().records(limit: 100, before: nil).map(\.entry.operation)
        #expect(operations.contains("compat create-infrastructure-backup"))
        #expect(operations.contains("backup create"))
    }

    @Test func `scopes and machines must fit`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        let context = context(home)
        let tool = "create_infrastructure_backup"
        #expect(await code(tool, ["backup_scope": "partial"], context) == .argumentInvalid)
        #expect(await code(tool, ["device_ids": ["web"]], context) == .argumentInvalid)
        #expect(
            await code(tool, ["backup_scope": "partial", "device_ids": ["nobody"]], context) == .deviceUnknown
        )
        #expect(
            await code(tool, ["backup_scope": "partial", "device_ids": [7]], context) == .argumentInvalid)
        #expect(await code(tool, ["device": ["web"]], context) == .argumentUnknown)
        #expect(
            await code("server_backup", ["action": "backup-create", "server": "nobody"], context)
                == .deviceUnknown)
        #expect(await code("server_backup", ["action": "backup-create"], context) == .argumentMissing)
        #expect(await code("server_backup", ["action": "backup-restore"], context) == .argumentMissing)
        #expect(await code("server_backup", ["action": "forget"], context) == .argumentInvalid)
        for action in ["snapshot-create", "snapshot-list", "snapshot-delete", "snapshot-restore"] {
            #expect(await code("server_backup", ["action": .string(action)], context) == .argumentInvalid)
        }
        #expect(try await home.jobs().jobs(limit: 9).isEmpty)
    }

    @Test func `a server is found by name and by address`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        for server in ["web", "192.0.2.1"] {
            let made = try await call(
                "server_backup", ["action": "backup-create", "server": .string(server)], context(home))
            #expect(made["server"] == "web" && made["job"] != nil)
        }
    }

    @Test func `levels are those of what they stand for`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        for (tool, arguments, least) in [
            ("create_infrastructure_backup", [:], AccessLevel.write),
            ("rollback_infrastructure_changes", ["backup_id": "x"], .propose),
            ("server_backup", ["action": "backup-list", "server": "web"], .write),
        ] as [(String, [String: JSONValue], AccessLevel)] {
            for level in AccessLevel.allCases {
                let isRefused = await code(tool, arguments, context(home, level)) == .levelTooLow
                #expect(isRefused == (level < least), "\(tool) \(level)")
            }
        }
    }

    @Test func `another device's backups and devices are not there`() async throws {
        let services = try await TestServices()
        let made = try await services.call("backup create", ["device": ["local"], "only": ["cron"]])
        let backup = try #require(made.json["backups"]?[0]?["backup"])
        let other = try #require(DeviceName("other"))
        let narrow = services.context(.destroy, scope: .only([other]))
        for arguments: [String: JSONValue] in [
            ["action": "backup-restore", "backupId": backup],
            ["action": "backup-restore", "backupId": "latest"],
        ] {
            #expect(await code("server_backup", arguments, narrow) == .backupUnknown)
        }
        #expect(
            await code("server_backup", ["action": "backup-list", "server": "local"], narrow)
                == .deviceUnknown)
        #expect(
            await code("rollback_infrastructure_changes", ["backup_id": backup], narrow) == .backupUnknown)
        #expect(
            await code(
                "create_infrastructure_backup", ["backup_scope": "partial", "device_ids": ["local"]], narrow)
                == .deviceUnknown)
        // In scope the same calls find them.
        let local = services.context(.destroy, scope: .only([.local]))
        let list = try await call("server_backup", ["action": "backup-list"], local)
        #expect(list["backupCount"] == 1 && list["backups"]?[0]?["backupId"] == backup)
        #expect(list["server"] == "local")
    }
}
