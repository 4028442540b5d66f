import Basics
import Glibc
import TestSupport
import Testing

@testable import Vault

/// The scenario in a process of its own that is killed with SIGKILL at every call that changes something.
@Suite struct KilledProcessTests {
    /// The program lies beside the test's own.
    private static func crasher() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let program = AtomicFile.folder(of: path) + "/VaultCrasher"
        try #require(try Folder.item(program) != nil, "the test's program was built without \(program)")
        return program
    }

    private static func milestones(_ output: [UInt8]) -> [VaultScenario.Milestone] {
        String(decoding: output, as: UTF8.self).split(separator: "\n")
            .compactMap(VaultScenario.Milestone.init(text:))
    }

    @Test func `kill -9 at any call leaves the old state or the new one`() async throws {
        let program = try Self.crasher()
        let folder = try ScratchFolder()
        let key = VaultKey.random()
        try key.write(folder.path + "/key")
        let whole = try Shell.output("'\(program)' '\(folder.path)/whole' '\(folder.path)/key' 0")
        let text = String(decoding: whole, as: UTF8.self)
        let calls = try #require(text.split(separator: " ").last.flatMap { Int($0.dropLast()) })
        #expect(calls > 50)
        #expect(Self.milestones(whole).last == .pruned)
        for call in 1...calls {
            let vault = "\(folder.path)/\(call)"
            // Packs lie in folders by the first letters of a random name, so two may share one and a run may end
            // a call earlier; it says so itself.
            let output = try Shell.output(
                """
                { '\(program)' '\(vault)' '\(folder.path)/key' \(call); } 2>/dev/null; status=$?
                test $status -eq 137 || { test $status -eq 0 && test \(call) -gt \(calls - 6); }
                """)
            try await expectSound(vault, key, Self.milestones(output), "killed at call \(call)")
        }
    }

    private func expectSound(
        _ path: String, _ key: VaultKey, _ milestones: [VaultScenario.Milestone], _ what: Comment
    ) async throws {
        let clock = SettableClock("2026-11-22T00:00:00Z")
        if milestones.isEmpty {
            do { _ = try await Vault.create(at: path, key: key, clock: clock) } catch {
                #expect(error.code == .exists, what)
            }
        }
        let vault = try await Vault.open(at: path, key: key, clock: clock)
        let check = try await vault.check(readsData: true)
        #expect(check.problems == [], what)
        let ids = Set(try await vault.backups().backups.map(\.id))
        let expected = VaultScenario.expectation(milestones)
        #expect(expected.must.isSubset(of: ids), what)
        let verified = try await vault.verify()
        #expect(verified.isGood && verified.verdicts.count == ids.count, what)
        // The lock died with its process.
        _ = try await vault.prune(nil, grace: .zero)
        let after = try await vault.check(readsData: true)
        #expect(after.isClean && after.leftovers == [], what)
    }
}
