import Basics
import Codecs
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Operations

@Suite("The lease of the vault's writer", .timeLimit(.minutes(5)))
struct WriterLeaseTests {
    private static func vault() async throws -> Vault {
        try await Vault.create(files: MemoryVaultFiles(), key: .random(), clock: SystemClock())
    }

    @Test("Who stores nothing takes no lock")
    func lazy() async throws {
        let vault = try await Self.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let session = WriterSession(lease)
        #expect(try await session.contains([]))
        let other = try await vault.beginWriting(what: "other")
        await other.finish()
        _ = try await session.store(contents: [[1, 2, 3]], as: .content)
        let error = await #expect(throws: VaultError.self) { try await vault.beginWriting(what: "other") }
        #expect(error?.code == .locked)
        await session.end()
        await lease.close()
        await (try await vault.beginWriting(what: "other")).finish()
    }

    @Test("A writer that nobody uses any more is given back")
    func rest() async throws {
        let vault = try await Self.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let session = WriterSession(lease)
        _ = try await session.store(contents: [[1, 2, 3]], as: .content)
        await session.end()
        try await withThrowingTaskGroup { group in
            group.addTask { await lease.releaseWhenIdle() }
            while true {
                do {
                    await (try await vault.beginWriting(what: "other")).finish()
                    break
                } catch let error as VaultError where error.code == .locked { await Task.yield() }
            }
            group.cancelAll()
        }
    }

    @Test("Another process is waited for, and told once")
    func waits() async throws {
        let vault = try await Self.vault()
        let other = try await vault.beginWriting(what: "other")
        let (told, tell) = AsyncStream.makeStream(of: VaultError.self, bufferingPolicy: .bufferingNewest(8))
        let lease = WriterLease(vault: vault, what: "test") { tell.yield($0) }
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    let session = WriterSession(lease)
                    _ = try await session.store(contents: [[7]], as: .content)
                    await session.end()
                }
            }
            for await error in told {
                #expect(error.message.contains("other"))
                break
            }
            await other.finish()
            try await group.waitForAll()
        }
        await lease.close()
    }

    @Test("Patience ends, for all that wait, with the name of the holder")
    func patience() async throws {
        let vault = try await Self.vault()
        let other = try await vault.beginWriting(what: "other")
        let lease = WriterLease(vault: vault, what: "test", patience: .milliseconds(1)) { _ in }
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    let error = await #expect(throws: VaultError.self) {
                        try await WriterSession(lease).store(contents: [[7]], as: .content)
                    }
                    #expect(error?.code == .locked && error?.message.contains("other") == true)
                }
            }
        }
        await other.finish()
        let session = WriterSession(lease)
        _ = try await session.store(contents: [[7]], as: .content)
        await session.end()
        await lease.close()
    }
}
