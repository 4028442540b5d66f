import Testing
import Vault

@testable import Restore

@Suite struct DrillComparisonTests {
    private static func file(_ path: String, mode: UInt32 = 0o644, size: Int64 = 0) -> FileEntry {
        FileEntry(path: Array(path.utf8), kind: .file, mode: mode, size: size, modified: 7)
    }

    private static func link(_ path: String, to target: String) -> FileEntry {
        FileEntry(path: Array(path.utf8), kind: .hardLink, linkTarget: Array(target.utf8))
    }

    private func findings(
        _ wanted: [FileEntry], _ present: [FileEntry],
        _ change: (inout DrillComparison.Limits) -> Void = { _ in }
    ) -> [String] {
        var limits = DrillComparison.Limits()
        change(&limits)
        return DrillComparison(wanted: wanted, present: present, limits: limits).findings()
            .map { $0.what.joined(separator: ", ") }
    }

    /// One change of a file, and the words for it.
    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let found: FileEntry

        init(_ words: String, _ change: (inout FileEntry) -> Void) {
            testDescription = words
            var found = DrillComparisonTests.file("/a")
            change(&found)
            self.found = found
        }
    }

    static let changes = [
        Change("is a folder, not a file") { $0.kind = .folder },
        Change("has mode 600, not 644") { $0.mode = 0o600 },
        Change("belongs to 5:0, not 0:0") { $0.userID = 5 },
        Change("has another time") { $0.modified = 8 },
        Change("has 9 bytes, not 0") { $0.size = 9 },
        Change("has other attributes") {
            $0.attributes = [.init(name: Array("SCHILY.xattr.user.x".utf8), value: [1])]
        },
    ]

    @Test(arguments: changes)
    func `each property is compared`(_ change: Change) {
        #expect(findings([Self.file("/a")], [change.found]) == [change.testDescription])
    }

    @Test func `what is missing is named, what is more does not count`() {
        #expect(findings([Self.file("/a")], [Self.file("/b")]) == ["was not restored"])
        #expect(findings([], [Self.file("/b")]).isEmpty)
    }

    @Test func `it does not matter which name of a file came first`() {
        let wanted = [Self.file("/b"), Self.link("/a", to: "/b"), Self.link("/c", to: "/b")]
        let present = [Self.file("/a"), Self.link("/b", to: "/a"), Self.link("/c", to: "/a")]
        #expect(findings(wanted, present).isEmpty)
        let apart = [Self.file("/a"), Self.link("/b", to: "/a"), Self.file("/c")]
        #expect(findings(wanted, apart) == ["is not the same file as its other names any more"])
    }

    @Test func `what could not be set is not compared`() {
        var found = Self.file("/a")
        found.userID = 9
        #expect(findings([Self.file("/a")], [found]) { $0.ignoresOwners = true }.isEmpty)
        #expect(findings([Self.file("/a")], []) { $0.notMade = [Array("/a".utf8)] }.isEmpty)
    }

    /// A volume's files, uses and past, and what comes of it.
    @Test(
        arguments: [
            (3, "/data", nil, DrillCheck.Outcome.ok, "3 files"),
            (nil, "/data", nil, .failed, "holds nothing of it"),
            (0, "/var/lib/postgresql/data", nil, .failed, "keeps a database there"),
            (0, "/cache", 12, .failed, "held 12 files in backup B1"),
            (0, "/cache", nil, .notChecked, "it is empty (used by app)"),
        ] as [(Int?, String, Int?, DrillCheck.Outcome, String)])
    func `an empty volume is judged by what it should hold`(
        _ files: Int?, _ destination: String, _ earlier: Int?, _ outcome: DrillCheck.Outcome, _ words: String
    ) {
        let check = VolumeAudit().check(
            VolumeAudit.Volume(
                name: "v", files: files, uses: [.init(container: "app", destination: destination)],
                earlier: earlier.map { .init(backup: "B1", files: $0) }))
        let bind = VolumeAudit().check(
            VolumeAudit.Volume(
                name: "/srv/v", isBind: true, files: files,
                uses: [.init(container: "app", destination: destination)]))
        #expect(bind.name == "bind mount /srv/v")
        #expect(check.outcome == outcome)
        #expect(check.reason.contains(words), "\(check.reason)")
    }
}
