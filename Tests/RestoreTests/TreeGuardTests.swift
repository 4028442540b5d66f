import Testing
import Vault

@testable import Restore

@Suite struct TreeGuardTests {
    private static func file(_ path: String, size: Int64 = 0) -> FileEntry {
        FileEntry(path: Array(path.utf8), kind: .file, mode: 0o644, size: size)
    }

    private static func link(_ path: String, to target: String, kind: FileEntry.Kind = .symbolicLink)
        -> FileEntry
    {
        FileEntry(path: Array(path.utf8), kind: kind, linkTarget: Array(target.utf8))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let entries: [FileEntry]
        /// Paths that are refused, with a word of the reason.
        var refused: [String: String] = [:]
    }

    static let cases = [
        Case(
            testDescription: "an ordinary tree",
            entries: [
                FileEntry(path: Array("/a".utf8), kind: .folder), file("/a/x"), link("/a/y", to: "../../etc"),
                link("/a/z", to: "/a/x", kind: .hardLink),
            ]),
        Case(
            testDescription: "a folder that the list does not name", entries: [file("/a/b/c/x")]),
        Case(
            testDescription: "below a link",
            entries: [link("/a", to: "/etc"), file("/a-x"), file("/a/b/shadow")],
            refused: ["/a/b/shadow": "below /a,"]),
        Case(
            testDescription: "below a file", entries: [file("/a"), file("/a/x")],
            refused: ["/a/x": "below /a,"]),
        Case(
            testDescription: "a further name of what the backup lacks",
            entries: [file("/a"), link("/b", to: "/etc/shadow", kind: .hardLink)],
            refused: ["/b": "/etc/shadow, which is no file"]),
        Case(
            testDescription: "a further name of a link",
            entries: [link("/a", to: "/etc/shadow"), link("/b", to: "/a", kind: .hardLink)],
            refused: ["/b": "no file"]),
        Case(
            testDescription: "a name that leads out", entries: [file("/a/../../etc/x")],
            refused: ["/a/../../etc/x": "‘..’"]),
        Case(
            testDescription: "holes without an end",
            entries: [
                FileEntry(path: Array("/big".utf8), kind: .file, size: 1 << 60, extents: []),
                FileEntry(path: Array("/wide".utf8), kind: .file, size: 1 << 40, extents: []),
            ], refused: ["/big": "larger than a file can be"]),
        Case(
            testDescription: "less content than it says", entries: [file("/short", size: 5)],
            refused: ["/short": "as much as it says"]),
        Case(
            testDescription: "twice", entries: [file("/a"), file("/a")], refused: ["/a": "twice"]),
        Case(
            testDescription: "attributes without an end",
            entries: [
                FileEntry(
                    path: Array("/a".utf8), kind: .file,
                    attributes: [.init(name: [1], value: [UInt8](repeating: 0, count: 2 << 20))])
            ], refused: ["/a": "more attributes"]),
    ]

    @Test(arguments: cases)
    func `what leads out or has no end is refused, and nothing else`(_ row: Case) {
        let tree = TreeGuard(row.entries)
        for entry in row.entries {
            let path = String(decoding: entry.path, as: UTF8.self)
            let reason = tree.problem(entry)
            #expect((reason == nil) == (row.refused[path] == nil), "\(path): \(reason ?? "taken")")
            #expect(reason?.contains(row.refused[path] ?? "") ?? true, "\(path): \(reason ?? "")")
        }
    }

    @Test func `device nodes and setuid files are special, links and folders are not`() {
        #expect(FileEntry(path: [], kind: .file, mode: 0o4755).isSpecial)
        #expect(FileEntry(path: [], kind: .file, mode: 0o2755).isSpecial)
        #expect(FileEntry(path: [], kind: .blockDevice).isSpecial)
        #expect(!FileEntry(path: [], kind: .folder, mode: 0o2755).isSpecial)
        #expect(!FileEntry(path: [], kind: .file, mode: 0o1755).isSpecial)
    }
}
