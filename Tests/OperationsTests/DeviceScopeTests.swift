import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import Operations

@Suite struct DeviceScopeTests {
    /// Services with a device `other` and a backup of `local`, which a scope of `other` alone must not see.
    private func services() async throws -> (TestServices, OperationContext, String) {
        let services = try await TestServices()
        let other = try #require(DeviceName("other"))
        try await services.store.add(
            Device(
                name: other, connection: .ssh(try #require(SSHTarget("root@192.0.2.1"))),
                added: Timestamp(seconds: 0)))
        let made = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        let backup = try #require(made.json["backups"]?[0]?["backup"]?.string)
        return (services, services.context(.destroy, scope: .only([other])), backup)
    }

    private func operation(_ command: String) throws -> AnyOperation {
        try #require(allOperations.first { $0.contract.command.joined(separator: " ") == command })
    }

    private func code(_ command: String, _ arguments: [String: JSONValue], _ context: OperationContext)
        async throws
        -> OperationError.Code?
    {
        let operation = try operation(command)
        do throws(OperationError) {
            _ = try await operation.call(arguments, in: context)
            return nil
        } catch { return error.code }
    }

    @Test func `what can reach every device is refused, whatever it is called with`() async throws {
        let (_, context, _) = try await services()
        for operation in allOperations where operation.contract.reach == .everything {
            do throws(OperationError) {
                _ = try await operation.call([:], in: context)
                Issue.record("\(operation.contract.command) ran")
            } catch { #expect(error.code == .scopeTooNarrow, "\(operation.contract.command)") }
        }
    }

    @Test func `every operation of narrow reach is tried here`() {
        let tried: Set = [
            "approval list", "backup cat", "backup create", "backup diff", "backup files", "backup list",
            "backup pin", "backup show", "backup unpin", "backup verify", "device check", "device list",
            "device show", "job cancel", "job list", "job show", "rebuild check", "rebuild plan",
            "restore apply", "restore drill", "restore list", "restore plan", "restore show", "restore undo",
            "section list",
        ]
        let narrow = allOperations.filter { $0.contract.reach != .everything }
        #expect(Set(narrow.map { $0.contract.command.joined(separator: " ") }) == tried)
    }

    @Test func `a mistyped name is met with the nearest one that the caller may know`() async throws {
        let (services, narrow, _) = try await services()
        let show = try operation("device show")
        func hint(_ name: JSONValue, _ context: OperationContext) async throws -> String {
            do throws(OperationError) {
                _ = try await show.call(["device": name], in: context)
                return "there is one"
            } catch { return error.hint }
        }
        let wide = services.context(.destroy)
        #expect(try await hint("locla", wide) == "Did you mean ‘local’? See: holdfast device list")
        #expect(try await hint("locla", narrow) == "See: holdfast device list")
        #expect(try await hint("othr", narrow) == "Did you mean ‘other’? See: holdfast device list")
        #expect(try await hint("quite-another", wide) == "See: holdfast device list")
    }

    @Test func `other devices are not there`() async throws {
        let (_, context, backup) = try await services()
        #expect(try await code("device show", ["device": "local"], context) == .deviceUnknown)
        #expect(try await code("device check", ["device": "local"], context) == .deviceUnknown)
        #expect(try await code("device show", ["device": "other"], context) == nil)
        #expect(try await code("backup create", ["device": ["local"]], context) == .deviceUnknown)
        #expect(try await code("backup show", ["backup": .string(backup)], context) == .backupUnknown)
        #expect(try await code("backup show", ["backup": "latest:local"], context) == .backupUnknown)
        #expect(try await code("backup show", ["backup": "latest"], context) == .backupUnknown)
        #expect(try await code("backup files", ["backup": .string(backup)], context) == .backupUnknown)
        #expect(
            try await code("backup cat", ["backup": .string(backup), "path": "/etc/hostname"], context)
                == .backupUnknown)
        #expect(
            try await code("backup diff", ["from": .string(backup), "live": true], context) == .backupUnknown)
        for named in [backup, String(backup.prefix(12)), "latest:local", "latest"] {
            for command in ["backup pin", "backup unpin", "restore plan", "restore drill"] {
                #expect(
                    try await code(command, ["backup": .string(named)], context) == .backupUnknown,
                    "\(command) \(named)")
            }
            #expect(try await code("backup verify", ["backup": [.string(named)]], context) == .backupUnknown)
        }
        #expect(try await code("rebuild plan", ["old": "local"], context) == .backupUnknown)
        #expect(
            try await code("rebuild check", ["old": "local", "device": "other"], context) == .backupUnknown)
        #expect(try await code("section list", [:], context) == nil)
        let devices = try await operation("device list").call([:], in: context).json["devices"]?.array ?? []
        #expect(devices.map { $0["name"] } == ["other"])
        #expect(try await operation("backup list").call([:], in: context).json["backups"] == [])
    }

    @Test func `what names a backup goes on where its device is in scope`() async throws {
        let (services, narrow, backup) = try await services()
        let local = services.context(.destroy, scope: .only([.local]))
        let mark: [String: JSONValue] = ["backup": .string(backup)]
        #expect(try await code("backup pin", mark, local) == nil)
        #expect(try await code("backup unpin", mark, local) == nil)
        #expect(try await code("backup verify", ["backup": [.string(backup)]], local) == nil)
        // Without a name all are meant that the caller may see.
        let own = try await operation("backup verify").call([:], in: local).json["backups"]?.array ?? []
        #expect(own.map { $0["backup"] } == [.string(backup)])
        let none = try await operation("backup verify").call([:], in: narrow).json
        #expect(none["backups"] == [] && none["objects"] == 0)
        // A plan from a backup in scope onto a device that is not.
        let onto: [String: JSONValue] = ["backup": .string(backup), "device": "other", "in_place": true]
        #expect(try await code("restore plan", onto, local) == .deviceUnknown)
        #expect(try await code("rebuild plan", ["old": "local", "device": "other"], local) == .deviceUnknown)
        #expect(
            try await code("restore drill", ["backup": .string(backup), "engine": "other"], local)
                == .deviceUnknown)
    }

    @Test func `what does not exist and what is another's are told alike`() async throws {
        let (_, context, backup) = try await services()
        func error(_ name: String) async throws -> OperationError? {
            let operation = try operation("backup pin")
            return await #expect(throws: OperationError.self) {
                try await operation.call(["backup": .string(name)], in: context)
            }
        }
        let made = "2" + String(backup.dropFirst().map { $0 == "0" ? "1" : $0 })
        let (theirs, nobodys) = (try await error(backup), try await error(made))
        #expect(theirs?.code == nobodys?.code && theirs?.hint == nobodys?.hint)
        #expect(theirs?.message == nobodys?.message.replacing(made, with: backup))
    }

    @Test func `a job keeps the scope of who asked`() throws {
        let other = try #require(DeviceName("other"))
        let caller = Caller(actor: "token:1", surface: "mcp", level: .write, scope: .only([other]))
        let order = JobOrder(job: JobID.random(), operation: "x", arguments: [:], caller: caller)
        #expect(try JobOrder(try order.bytes()).caller == caller)
    }
}
