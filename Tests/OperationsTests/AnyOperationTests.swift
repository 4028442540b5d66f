import Basics
import Operations
import Storage
import Testing

@Suite("A call of any operation")
struct AnyOperationTests {
    @Test("Unknown, missing and malformed arguments are refused with a sentence")
    func arguments() async throws {
        let services = try await TestServices()
        let cases: [(String, [String: JSONValue], OperationError.Code)] = [
            ("device list", ["colour": "red"], .argumentUnknown), ("device show", [:], .argumentMissing),
            ("device show", ["device": "-rf"], .argumentInvalid),
            ("device show", ["device": 3], .argumentInvalid),
            ("device show", ["device": "web1"], .deviceUnknown),
            ("audit list", ["limit": -1], .argumentInvalid),
            ("backup create", [:], .argumentMissing), ("backup create", ["device": ["web1"]], .deviceUnknown),
            ("backup create", ["device": ["local"], "only": ["nonsense"]], .argumentInvalid),
            ("backup prune", [:], .argumentInvalid), ("backup show", ["backup": "latest"], .backupUnknown),
            ("backup delete", ["backup": "latest"], .argumentInvalid),
            ("backup verify", ["sample": "0%"], .argumentInvalid),
        ]
        for (command, arguments, code) in cases {
            await #expect("\(command) \(arguments)") { try await services.call(command, arguments) } throws: {
                error in
                (error as? OperationError)?.code == code
            }
        }
    }

    @Test("An argument of the wrong form is named, with how it is written")
    func wrongForm() async throws {
        let services = try await TestServices()
        let cases: [(String, [String: JSONValue], String, String)] = [
            ("backup list", ["since": "yesterday"], "‘since’", "2026-11-21T09:30:00Z"),
            ("device show", ["device": "a b"], "‘device’", "letter or digit"),
            ("backup list", ["device": ["a b"]], "‘device’", "letter or digit"),
            ("backup list", ["limit": "x"], "‘limit’", "0 for all"),
            ("backup list", ["status": ["x"]], "‘status’", "It is one of: ok, partial, failed"),
        ]
        for (command, arguments, name, hint) in cases {
            let error = await #expect(throws: OperationError.self, "\(command)") {
                try await services.call(command, arguments)
            }
            #expect(error?.code == .argumentInvalid && error?.message.contains(name) == true, "\(command)")
            #expect(error?.hint.contains(hint) == true, "\(command): \(error?.hint ?? "")")
        }
    }

    @Test("What is too long is refused before anything is done with it, and told in few words")
    func tooLong() async throws {
        let services = try await TestServices()
        let long = JSONValue.string(String(repeating: "x", count: 4_000_000))
        let many = JSONValue.array((0..<20_000).map { .string("name-of-a-device-\($0)") })
        for (command, arguments) in [
            ("backup show", ["backup": long]), ("backup pin", ["backup": "latest", "note": long]),
            ("backup create", ["device": many]), ("device list", [String(repeating: "y", count: 40_000): 1]),
        ] as [(String, [String: JSONValue])] {
            let error = await #expect(throws: OperationError.self, "\(command)") {
                try await services.call(command, arguments)
            }
            #expect(error?.code == .argumentInvalid && (error?.message.utf8.count ?? 0) < 200, "\(command)")
        }
        #expect(await services.store.entries.isEmpty)
    }

    @Test("The record keeps the beginning of long arguments, and messages stay short")
    func recorded() async throws {
        let services = try await TestServices()
        let long = String(repeating: "x", count: 30_000)
        let error = await #expect(throws: OperationError.self) {
            try await services.call("backup pin", ["backup": .string(long)])
        }
        #expect((error?.message.utf8.count ?? 0) < 9_000)
        let entries = await services.store.entries
        #expect(entries.count == 2)
        for entry in entries {
            #expect(JSONWriter.text(entry.arguments).utf8.count < 1_200 && entry.detail.utf8.count < 9_000)
        }
    }

    @Test("A limit of 0 lists all, a negative one is refused, for every list")
    func limits() async throws {
        let services = try await TestServices()
        _ = try await services.call("device set", ["device": "local", "add_tag": ["home"]])
        var lists = 0
        for operation in allOperations {
            guard operation.fields.contains(where: { $0.name == "limit" }), operation.contract.verb == .list
            else {
                continue
            }
            lists += 1
            let command = operation.contract.command.joined(separator: " ")
            let error = await #expect(throws: OperationError.self, "\(command)") {
                try await services.call(command, ["limit": -1])
            }
            #expect(error?.hint.contains("0 lists all") == true, "\(command)")
            // There are no jobs in these services.
            if command != "job list" { _ = try await services.call(command, ["limit": 0]) }
        }
        #expect(lists >= 5)
        let records = try await services.call("audit list", ["limit": 0]).json["records"]?.array
        #expect((records?.count ?? 0) >= 2)
    }

    @Test("Defect 32: what a caller may not is refused in the core, before anything happens")
    func levels() async throws {
        let services = try await TestServices()
        for (command, level) in [
            ("backup prune", AccessLevel.write), ("backup create", .read), ("device remove", .propose),
        ] {
            await #expect("\(command)") { try await services.call(command, level: level) } throws: { error in
                (error as? OperationError)?.code == .levelTooLow
            }
        }
        #expect(await services.store.entries.isEmpty)
        _ = try await services.call("device list", level: .read)
    }

    @Test("Defect 27: intent and outcome are recorded with the same action, and say how it ended")
    func audit() async throws {
        let services = try await TestServices()
        _ = try await services.call("device set", ["device": "local", "add_tag": ["home"]])
        _ = try? await services.call("device remove", ["device": "local"])
        _ = try await services.call("device list")
        let entries = await services.store.entries
        #expect(entries.map(\.phase) == [.intent, .outcome, .intent, .outcome])
        #expect(entries.map(\.result) == ["", "ok", "", "local-device"])
        #expect(entries[0].action == entries[1].action && entries[2].action == entries[3].action)
        #expect(entries[0].action != entries[2].action)
    }

    @Test("A secret in an argument or an error reaches neither the record nor the caller")
    func redaction() async throws {
        let services = try await TestServices()
        let secret = "postgres://admin:hunter2hunter2@db/x"
        await #expect {
            try await services.call("device set", ["device": "local", "add_path": [.string(secret)]])
        } throws: {
            !"\($0)".contains("hunter2hunter2")
        }
        let entries = await services.store.entries
        #expect(!entries.isEmpty)
        #expect(!entries.contains { "\($0)".contains("hunter2hunter2") })
    }
}
