import Basics
import Operations
import Program
import Storage
import TestSupport
import Testing

/// What operations work with, put together for a folder.
@Suite struct ProgramPartsTests {
    private struct NoLauncher: JobLauncher {
        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {
            throw OperationError(.internalFailure, "no job is started here")
        }
    }

    private func context(_ folder: ScratchFolder) throws -> OperationContext {
        let parts = try ProgramParts(home: folder.path + "/home", logLevel: nil, launcher: NoLauncher())
        return parts.context(
            for: Caller(actor: "person:test", surface: "cli", level: .destroy), SilentProgress())
    }

    private func call(
        _ words: String, _ folder: ScratchFolder
    ) async throws -> JSONValue {
        let operation = try #require(
            allOperations.first { $0.contract.command.joined(separator: " ") == words })
        return try await operation.call([:], in: try context(folder)).json
    }

    private func error(_ words: String, _ folder: ScratchFolder) async -> OperationError? {
        await #expect(throws: OperationError.self) { try await call(words, folder) }
    }

    @Test func `before anything is set up, what is asked for says so and makes nothing`() async throws {
        let folder = try ScratchFolder()
        for words in ["backup list", "device list", "audit verify", "host-config list"] {
            let error = await error(words, folder)
            #expect(error?.code == .notInitialised, "\(words) \(String(describing: error))")
            #expect(error?.hint.contains("holdfast init") == true)
        }
        #expect(try Folder.item(folder.path + "/home") == nil)
    }

    @Test func `what is set up is opened, and each part is the same for all`() async throws {
        let folder = try ScratchFolder()
        _ = try await call("init", folder)
        #expect(try await call("backup list", folder)["backups"] == [])
        let services = try context(folder).services
        #expect(try await services.vault() === services.vault())
        #expect(services.redactor.redact("password=S3cretS3cret9") != "password=S3cretS3cret9")
        #expect(services.troubles == [])
        let verdict = try await services.audit().verify()
        guard case .intact(let count, remarks: []) = verdict, count > 0 else {
            return #expect(Bool(false), "\(verdict)")
        }
    }

    @Test func `a lost key, a damaged one and a lost vault are told apart`() async throws {
        let folder = try ScratchFolder()
        _ = try await call("init", folder)
        let (key, vault) = (folder.path + "/home/key", folder.path + "/home/vault")
        let kept = try #require(try AtomicFile.read(key))
        try Folder.removeFile(key)
        #expect(await error("backup list", folder)?.code == .keyMissing)
        try AtomicFile.write(Array("no key\n".utf8), to: key)
        #expect(await error("backup list", folder)?.code == .keyInvalid)
        try AtomicFile.write(kept, to: key)
        try Folder.rename(vault, to: vault + ".away")
        #expect(await error("backup list", folder)?.code == .vaultMissing)
    }

    @Test func `a file in the place of the folder is refused`() async throws {
        let folder = try ScratchFolder()
        try folder.write([], to: "home")
        let error = #expect(throws: OperationError.self) { try context(folder) }
        #expect(error?.code == .configurationInvalid, "\(String(describing: error))")
    }
}
