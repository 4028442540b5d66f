import Basics
import RemoteExecution
import Testing
import Vault

@testable import Operations

/// What a person leaves out of a plan.
@Suite(.timeLimit(.minutes(5))) struct RestoreExcludeTests {
    private func backup(_ services: TestServices) async throws -> JSONValue {
        let made = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        return .string(try #require(made.json["backups"]?.array?.first?["backup"]?.string))
    }

    @Test func `what a glob leaves out is in no step, and the plan names it`() async throws {
        let services = try await TestServices()
        let backup = try await backup(services)
        func subjects(_ excludes: [JSONValue]) async throws -> (steps: [String], notes: [String]) {
            let plan = try await services.call(
                "restore plan", ["backup": backup, "exclude": .array(excludes)])
            func texts(_ name: String) -> [JSONValue] { plan.json[name]?.array ?? [] }
            return (
                texts("steps").compactMap { $0["subject"]?.string },
                texts("warnings").compactMap(\.string)
            )
        }
        let whole = try await subjects([])
        #expect(whole.steps.contains("/etc/hostname"))
        let rest = try await subjects(["/etc/host*"])
        #expect(rest.steps == whole.steps.filter { !$0.hasPrefix("/etc/host") })
        #expect(
            rest.notes.contains {
                $0.hasPrefix("--exclude '/etc/host*' leaves out: ") && $0.contains("/etc/hostname")
            },
            "\(rest.notes)")
    }

    @Test(arguments: [
        ("etc/hostname", "--exclude ‘etc/hostname’ is no absolute path"),
        ("/nosuch", "--exclude /nosuch leaves out nothing that would be restored"),
    ])
    func `a glob that can leave nothing out is refused`(glob: String, message: String) async throws {
        let services = try await TestServices()
        let backup = try await backup(services)
        let error = await #expect(throws: OperationError.self) {
            try await services.call("restore plan", ["backup": backup, "exclude": [.string(glob)]])
        }
        #expect(error?.code == .argumentInvalid && error?.message == message)
    }

    @Test func `what is left out counts for nothing on the device either`() async throws {
        let services = try await TestServices()
        let backup = try #require(try await backup(services).string)
        let vault = try await services.vault()
        let id = try #require(BackupID(backup))
        let scope = try await RestoreScope(
            vault: vault, manifest: vault.manifest(id), sections: [], paths: [], excluding: ["/etc/host*"])
        let taken = try #require(scope.isWanted)
        #expect(!taken(Array("/etc/hosts.more".utf8)) && taken(Array("/etc/machine-id".utf8)))
        let present = ["/etc/hostname", "/etc/hosts.more"].map {
            FileEntry(path: Array($0.utf8), kind: .file)
        }
        #expect(scope.present(present, sectionNames: ["identity"]).isEmpty)
    }
}
