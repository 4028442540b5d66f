import Testing

@testable import Operations

/// Which data of containers a plan takes by its path or its section.
@Suite struct DataChoiceTests {
    private static let volumes = ["goods": "/var/lib/docker/volumes/goods/_data", "rows": "/data/rows"]

    private func choice(_ roots: String..., all: Bool = false) -> DataChoice {
        DataChoice(
            roots.map { Array($0.utf8) }, all: all, wholeBinds: ["/srv/bind", "/srv/bind/inner", "/opt/x"],
            volumes: Self.volumes)
    }

    @Test func `the section takes all volumes and the topmost bind mounts`() {
        let all = choice(all: true)
        #expect(all.volumes == ["goods", "rows"])
        #expect(all.binds == ["/opt/x", "/srv/bind"])
        #expect(all.conflicts.isEmpty)
    }

    @Test func `a path takes a bind mount, a part of one, and whole volumes`() {
        let some = choice("/data", "/srv/bind/a", "/var/lib/docker/volumes/goods/_data")
        #expect(some.volumes == ["goods", "rows"])
        #expect(some.binds == ["/srv/bind/a"])
        #expect(some.conflicts.isEmpty)
    }

    @Test func `a part of a volume cannot come back alone`() {
        let some = choice("/data/rows/1", "/data/rowsmore")
        #expect(some.volumes.isEmpty)
        #expect(some.binds == ["/data/rowsmore"])
        #expect(
            some.conflicts == [
                "/data/rows/1 lies in the volume rows, which comes back as a whole only: plan with --path /data/rows, or bring the file into a folder with --to"
            ])
    }

    @Test func `places are not named by the thousand`() {
        let many = DataChoice(
            (0..<201).map { Array("/srv/bind/\($0)".utf8) }, all: false, wholeBinds: [], volumes: [:])
        #expect(many.binds.isEmpty)
        #expect(many.conflicts.count == 1)
        #expect(choice().volumes.isEmpty && choice().binds.isEmpty)
    }
}
