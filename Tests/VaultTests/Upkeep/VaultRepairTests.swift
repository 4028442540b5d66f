import Basics
import TestSupport
import Testing

@testable import Vault

/// What a vault says of itself is written anew where it is damaged; contents are never touched.
@Suite struct VaultRepairTests {
    private let files = MemoryVaultFiles()
    private let scenario = VaultScenario()

    private var packs: [String] { files.paths.filter { $0.hasSuffix(VaultPath.packSuffix) } }
    private var segments: [String] { files.paths.filter { $0.hasSuffix(VaultPath.indexSuffix) } }

    /// A part of a pack that is no block.
    enum Part: CaseIterable {
        case header, trailer, footer, cutFooter

        func damage(_ bytes: inout [UInt8]) {
            switch self {
            case .header: bytes[10] ^= 1
            case .trailer: bytes[bytes.count - 20] ^= 1
            case .footer: bytes[bytes.count - 3] ^= 1
            case .cutFooter: bytes.removeLast(5)
            }
        }
    }

    private func makeVault() async throws -> Vault {
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        _ = try await scenario.backUp(vault, seed: 1)
        return vault
    }

    private func reopened() async throws -> Vault {
        try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
    }

    @Test(arguments: Part.allCases) func `a pack's frame is written anew around its blocks`(_ part: Part)
        async throws
    {
        let vault = try await makeVault()
        let pack = try #require(packs.first)
        let before = try files.read(pack)
        files.damage(pack, part.damage)
        let problems = try await vault.check().problems
        #expect(problems.map(\.path) == [pack])
        #expect(problems.first?.remedy.contains("holdfast vault repair") == true)
        let repair = try await vault.repair()
        #expect(repair.framed == [pack] && repair.config.outcome == .whole && !repair.isIndexNew)
        let report = try await reopened().check(readsData: true)
        #expect(report.isClean && report.leftovers == [], "\(report.problems)")
        // The seal of the trailer is new, all else is not.
        let after = try files.read(pack)
        #expect(
            after.count == before.count && after.prefix(before.count / 2) == before.prefix(before.count / 2))
        // What the pack says of itself holds without the index.
        for segment in segments { try files.remove(segment) }
        #expect(try await reopened().verify().isGood)
        #expect(try await vault.repair().framed == [])
    }

    @Test(arguments: [FaultyVaultFiles.Fault.dead, .full])
    func `ended at any call it leaves all that was there`(_ fault: FaultyVaultFiles.Fault) async throws {
        _ = try await makeVault()
        let pack = try #require(packs.first)
        files.damage(pack, Part.trailer.damage)
        for segment in segments.dropFirst() { files.damage(segment) { $0[$0.count - 1] ^= 1 } }
        var target = 0
        while true {
            target += 1
            let copy = files.copy()
            let faulty = FaultyVaultFiles(copy, fault: fault, at: target)
            let vault = try await Vault.open(files: faulty, key: scenario.key, clock: scenario.clock)
            do {
                _ = try await vault.repair()
                if faulty.calls < target { break }
            } catch let error as VaultError {
                #expect(fault != .full || error.code == .full, "call \(target)")
            }
            for loss in MemoryVaultFiles.Loss.allCases {
                let left = try await Vault.open(
                    files: copy.afterCrash(loss), key: scenario.key, clock: scenario.clock)
                #expect(try await left.verify().isGood, "call \(target), losing \(loss)")
                _ = try await left.repair()
                #expect(try await left.check(readsData: true).isClean, "call \(target), losing \(loss)")
            }
        }
        #expect(target > 4)
    }

    @Test func `a broken block stays what it is`() async throws {
        let vault = try await makeVault()
        let pack = try #require(packs.first)
        files.damage(pack) {
            $0[40] ^= 1
            Part.trailer.damage(&$0)
        }
        let broken = try files.read(pack)[40]
        #expect(try await vault.repair().framed == [pack])
        #expect(try files.read(pack)[40] == broken)
        #expect(try await !reopened().check(readsData: true).isClean)
    }

    @Test func `a pack that ends within its blocks is left as it is`() async throws {
        let vault = try await makeVault()
        let pack = try #require(packs.first)
        files.damage(pack) { $0.removeLast($0.count / 2) }
        let problem = try #require(try await vault.check().problems.first { $0.path == pack })
        #expect(!problem.remedy.contains("repair"))
        let cut = try files.read(pack)
        #expect(try await vault.repair().framed == [])
        #expect(try files.read(pack) == cut)
    }

    @Test func `a damaged index is written anew from the packs`() async throws {
        let vault = try await makeVault()
        for segment in segments { files.damage(segment) { $0[$0.count - 1] ^= 1 } }
        #expect(try await vault.check().problems.allSatisfy { $0.remedy.contains("vault repair") })
        #expect(try await vault.repair().isIndexNew)
        #expect(try await reopened().check(readsData: true).isClean)
    }

    @Test(arguments: [true, false])
    func `a pack that nobody can read goes only when nothing is missing`(_ isNeeded: Bool) async throws {
        let vault = try await makeVault()
        let pack = try #require(packs.first)
        files.damage(pack, Part.trailer.damage)
        for segment in segments { try files.remove(segment) }
        if !isNeeded {
            // A backup that needs nothing of it, instead of the one that does.
            for path in files.paths where path.hasPrefix(VaultPath.backups + "/") { try files.remove(path) }
            _ = try await scenario.backUp(try await reopened(), seed: 1)
        }
        let repair = try await reopened().repair()
        #expect(repair.removed == (isNeeded ? [] : [pack]) && repair.unreadable == (isNeeded ? [pack] : []))
        #expect(files.paths.contains(pack) == isNeeded)
        #expect(try await reopened().check(readsData: true).isClean != isNeeded)
        _ = vault
    }

    @Test func `damaged marks have remedies of their own`() async throws {
        let vault = try await makeVault()
        let id = try #require(try await vault.backups().backups.first?.id)
        try await vault.pin(id)
        let mark = try #require(files.paths.first { $0.hasSuffix(".pin") })
        files.damage(mark) { $0[$0.count - 1] ^= 1 }
        let problem = try #require(try await vault.check().problems.first)
        #expect(problem.remedy.contains("holdfast backup unpin"))
    }

    @Test func `a pack that is gone leaves the index once no backup needs it`() async throws {
        _ = try await makeVault()
        let pack = try #require(packs.first)
        try files.remove(pack)
        let needed = try await reopened().check().problems
        let first = try #require(needed.first { $0.path == pack })
        #expect(first.remedy.contains("from a copy") && needed.count > 1, "\(needed)")
        #expect(try await reopened().repair().forgotten == [])
        // Everything is stored anew: the backup lacks nothing any more.
        _ = try await scenario.backUp(try await reopened(), seed: 1)
        let problems = try await reopened().check().problems
        #expect(problems.map(\.path) == [pack], "\(problems)")
        #expect(problems.first?.remedy.contains("holdfast vault repair") == true)
        #expect(try await reopened().repair().forgotten == [pack])
        let report = try await reopened().check(readsData: true)
        #expect(report.isClean, "\(report.problems)")
        #expect(try await reopened().repair().forgotten == [])
    }

    @Test func `what helps with a pack that nobody can read is told`() async throws {
        _ = try await makeVault()
        let pack = try #require(packs.first)
        files.damage(pack, Part.trailer.damage)
        for segment in segments { try files.remove(segment) }
        let problem = try #require(try await reopened().check().problems.first { $0.path == pack })
        #expect(problem.remedy.contains("from a copy") && problem.remedy.contains("back up anew"))
    }
}
