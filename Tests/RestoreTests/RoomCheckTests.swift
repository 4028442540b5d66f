import Testing

@testable import Restore

@Suite struct RoomCheckTests {
    private static let mounts = [
        RoomCheck.Mount(place: "/", bytes: 1 << 30, names: 5000),
        RoomCheck.Mount(place: "/srv", bytes: 100 << 20, names: nil),
        RoomCheck.Mount(place: "/srv/small", bytes: 8192, names: 2),
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let files: [(path: String, bytes: Int64)]
        var conflicts: [String] = []
        var warnings: [String] = []
    }

    static let cases = [
        Case(testDescription: "nothing", files: []),
        Case(testDescription: "enough", files: [("/etc/x", 5000), ("/srv/data/y", 1 << 20)]),
        Case(
            testDescription: "a file system of its own has less",
            files: [("/srv/small/a", 5000), ("/srv/small/b", 1)],
            conflicts: [
                "the plan brings 12.0 KiB to /srv/small, where 8.0 KiB are free: make room, or restore it in parts"
            ]),
        Case(
            testDescription: "a name that only begins like it is elsewhere", files: [("/srv/smaller", 9000)]),
        Case(
            testDescription: "holes without an end", files: [("/srv/x", .max), ("/srv/y", .max)],
            conflicts: ["/srv, where"]),
        Case(
            testDescription: "little is left", files: [("/srv/x", 60 << 20)],
            warnings: ["to /srv, where"]),
        Case(
            testDescription: "too many names",
            files: [("/srv/small/a", 0), ("/srv/small/b", 0), ("/srv/small/c", 0)],
            conflicts: ["the plan makes 3 files and folders in /srv/small, which takes 2 more"]),
    ]

    @Test(arguments: cases)
    func `what a plan stages must find room where it lies`(_ row: Case) {
        var check = RoomCheck(Self.mounts)
        for file in row.files { check.add(Array(file.path.utf8), bytes: file.bytes) }
        let (conflicts, warnings) = check.findings()
        #expect(conflicts.count == row.conflicts.count, "\(conflicts)")
        for (found, wanted) in zip(conflicts, row.conflicts) { #expect(found.contains(wanted), "\(found)") }
        #expect(
            row.warnings.allSatisfy { wanted in warnings.contains { $0.contains(wanted) } }, "\(warnings)")
    }

    @Test func `where nothing is known nothing is said`() {
        var check = RoomCheck([])
        check.add(Array("/x".utf8), bytes: .max)
        #expect(check.isEmpty && check.findings().conflicts == [])
    }
}
