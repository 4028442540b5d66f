import Testing
import Vault

@testable import Operations

@Suite("Files of an earlier backup")
struct EarlierFilesTests {
    private func entry(_ path: String, size: Int64 = 0, section: Int = 0) -> FileEntry {
        FileEntry(path: Array(path.utf8), kind: .file, size: size, section: section)
    }

    private func texts(_ entries: [FileEntry]) -> [String] {
        entries.map { "\(String(decoding: $0.path, as: UTF8.self)) \($0.size) \($0.section)" }
    }

    @Test("Each is found by its path")
    func places() {
        var files = EarlierFiles([entry("/a"), entry("/b"), entry("/b/c")])
        let places = ["/b", "/b/c", "/c"].map { files.place(of: Array($0.utf8)) }
        #expect(places == [1, 2, nil])
        var none = EarlierFiles([])
        #expect(none.place(of: []) == nil)
    }

    struct Case: CustomTestStringConvertible {
        let name: String
        let kept: [Int?]
        let others: [String]
        let result: [String]

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing kept", kept: [nil, nil, nil], others: ["/c"], result: ["/c 9 1"]),
        Case(
            name: "nothing new, nothing else", kept: [0, 0, 0], others: [],
            result: ["/a 0 0", "/b 0 0", "/d 0 0"]),
        Case(
            name: "nothing new", kept: [2, 0, 2], others: [], result: ["/a 0 2", "/b 0 0", "/d 0 2"]),
        Case(
            name: "new before, between and behind", kept: [2, nil, 2], others: ["/0", "/b", "/e"],
            result: ["/0 9 1", "/a 0 2", "/b 9 1", "/d 0 2", "/e 9 1"]),
        Case(
            name: "both have a path", kept: [2, 2, 2], others: ["/a", "/d"],
            result: ["/a 9 1", "/b 0 2", "/d 9 1"]),
    ]

    @Test("Kept and new ones make one order, in which the new one of two stays", arguments: cases)
    func merging(example: Case) {
        let files = EarlierFiles(["/a", "/b", "/d"].map { entry($0) })
        let others = example.others.map { entry($0, size: 9, section: 1) }
        #expect(texts(files.merging(kept: example.kept, with: others)) == example.result)
    }

    @Test(
        "A member's path becomes absolute, or is refused",
        arguments: [
            ("./etc/hosts", "/etc/hosts"), ("./etc/", "/etc"), ("etc/hosts", "/etc/hosts"), ("/etc", "/etc"),
            ("./", "/"), (".", "/"), ("./a//b/./c", "/a/b/c"), ("./...", "/..."), ("./.a/b..", "/.a/b.."),
            ("./a/../b", nil), ("..", nil), ("./..", nil), ("./a\0b", nil),
        ])
    func absolute(path: String, expected: String?) {
        let result = BackupAssembler.absolute(Array(path.utf8))
        #expect(result.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
}
