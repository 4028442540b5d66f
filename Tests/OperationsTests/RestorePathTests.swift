import Basics
import Testing

@testable import Operations

/// What a person gets who names a path or a restore that there cannot be.
@Suite(.timeLimit(.minutes(5))) struct RestorePathTests {
    @Test func `a path that is not absolute is said to be none`() async throws {
        let services = try await TestServices()
        let made = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        let backup = try #require(made.json["backups"]?.array?.first?["backup"]?.string)
        for path in ["", "etc/hostname", "./etc", "~/x", "\u{1b}[31m"] {
            let error = await #expect(throws: OperationError.self) {
                try await services.call(
                    "restore plan", ["backup": .string(backup), "in_place": true, "path": [.string(path)]])
            }
            #expect(error?.code == .argumentInvalid)
            #expect(error?.message == "--path ‘\(TerminalText.escape(path))’ is no absolute path")
        }
        for path in ["/etc/hostname", "*/hostname", "?etc/hostname", "[/]etc/hostname", "\\x2fetc/hostname"] {
            let plan = try await services.call(
                "restore plan", ["backup": .string(backup), "path": [.string(path)]])
            let subjects = plan.json["steps"]?.array?.compactMap { $0["subject"]?.string } ?? []
            #expect(subjects.contains("/etc/hostname"), "\(path): \(subjects)")
        }
    }

    @Test func `a plan without a step is not saved, has no id and says why`() async throws {
        let services = try await TestServices()
        let made = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        let backup = try #require(made.json["backups"]?.array?.first?["backup"]?.string)
        let plan = try await services.call(
            "restore plan", ["backup": .string(backup), "in_place": true, "path": ["/etc/hostname"]])
        #expect(plan.json["steps"]?.array?.isEmpty == true)
        #expect(plan.json["plan"]?.string == nil, "\(plan.json)")
        #expect(plan.json["notSaved"]?.string == "There is nothing to restore.")
        let staged = try await services.call(
            "restore plan", ["backup": .string(backup), "path": ["/etc/hostname"]])
        let id = try #require(staged.json["plan"]?.string)
        #expect(staged.json["notSaved"]?.string == nil)
        _ = try await services.call("restore show", ["id": .string(id)])
    }

    @Test func `what is neither a plan nor a run is said to be none of them`() async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call("restore show", ["id": "nosuch"])
        }
        #expect(error?.code == .planUnknown && error?.message == "There is no plan or run nosuch")
        #expect(error?.hint == "See: holdfast restore list")
    }
}
