import Codecs
import TestSupport
import Testing

@testable import Vault

@Suite struct TreeCodecTests {
    /// Entries that use every part of the format, sorted by path.
    static let entries: [FileEntry] = {
        let odd = FileEntry(
            path: Array("/zz".utf8), kind: .file, mode: 0o7777, userID: .max, groupID: 0, user: "naïve",
            group: "",
            size: .max, modified: .min, changed: .max, inode: .max, linkTarget: [1, 2],
            device: .init(major: .max, minor: 0), attributes: [.init(name: [], value: [0, 255])],
            extents: [.init(offset: 5, length: 7), .init(offset: Int64.max - 1, length: 1)],
            content: [
                ContentRef(id: PackCatalogueTests.id(5), length: 8),
                ContentRef(id: PackCatalogueTests.id(6), length: 0),
            ], section: 9)
        let files = (0..<50).map { number in
            FileEntry(
                path: Array("/srv/data/\(1000 + number)".utf8), kind: .file, mode: 0o644, userID: 33,
                groupID: 33,
                user: "www-data", group: "www-data", size: 11, modified: 1_700_000_000_000 + Int64(number),
                changed: 5, inode: UInt64(number * 3),
                content: [
                    ContentRef(id: PackCatalogueTests.id(UInt64(number)), length: 11)
                ], section: number / 20)
        }
        let sorted = (SampleBackup.specials + files).sorted { $0.path.lexicographicallyPrecedes($1.path) }
        return sorted + [odd, FileEntry(path: Array("/zzz".utf8), kind: .socket)]
    }()

    private func decode(_ bytes: [UInt8], into entries: inout [FileEntry]) throws(RecordError) {
        var meter = TreeMeter()
        try TreeCodec.decode(bytes, into: &entries, meter: &meter)
    }

    @Test func `every entry comes back`() throws {
        var read: [FileEntry] = []
        try decode(TreeCodec.encode(Self.entries[...]), into: &read)
        #expect(read == Self.entries)
        var none: [FileEntry] = []
        try decode(TreeCodec.encode([]), into: &none)
        #expect(none == [])
    }

    @Test func `equal entries give equal bytes wherever they lie`() {
        let entries = Self.entries
        #expect(TreeCodec.encode(entries[3..<9]) == TreeCodec.encode(Array(entries[3..<9])[...]))
    }

    @Test func `similar entries are short`() {
        let files = Self.entries.filter { $0.user == "www-data" }
        // 32 bytes of id each; everything else takes about a dozen.
        #expect(TreeCodec.encode(files[...]).count < files.count * 50)
    }

    @Test func `any cut is refused, any change is read without harm`() {
        let bytes = TreeCodec.encode(Self.entries[...])
        for length in bytes.indices {
            #expect(throws: RecordError.self) {
                var read: [FileEntry] = []
                try decode(Array(bytes.prefix(length)), into: &read)
            }
        }
        for offset in bytes.indices {
            for value: UInt8 in [0, 1, 0x3F, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[offset] = value
                var read: [FileEntry] = []
                try? decode(changed, into: &read)
                for entry in read { _ = entry.isComplete }
            }
        }
    }

    @Test func `random bytes are read without harm`() {
        for _ in 0..<2000 {
            let bytes: [UInt8] = [TreeCodec.version] + SecureRandom.bytes(Int.random(in: 0..<200))
            var read: [FileEntry] = []
            try? decode(bytes, into: &read)
        }
    }

    @Test func `a root finds the segment of a path`() throws {
        let root = TreeRoot(
            segments: ["/b", "/d", "/f"].enumerated().map {
                .init(id: PackCatalogueTests.id(UInt64($0)), entries: 3, first: Array($1.utf8))
            })
        #expect(try TreeRoot(root.encoded) == root)
        let found = ["/a", "/b", "/c", "/d", "/e", "/f", "/g"].map {
            root.segment(for: Array($0.utf8))?.first.last
        }
        #expect(found == [nil, 98, 98, 100, 100, 102, 102])
        #expect(throws: RecordError.self) { try TreeRoot([2]) }
        #expect(throws: RecordError.self) { try TreeRoot(root.encoded + [1]) }
    }

    @Test func `a changed entry changes one segment`() {
        let paths = (0..<5000).map { Array("/etc/\(10_000 + $0)".utf8) }
        let entries = paths.map { FileEntry(path: $0, kind: .file) }
        let before = TreeSplitter.split(entries)
        #expect(before.map(\.count).reduce(0, +) == 5000)
        #expect(before.count > 20 && before.count < 80)
        var changed = entries
        changed[2500].mode = 1
        changed.remove(at: 100)
        let after = Set(TreeSplitter.split(changed).map { TreeCodec.encode($0) })
        let same = before.count { after.contains(TreeCodec.encode($0)) }
        #expect(before.count - same <= 3)
    }

    @Test func `segments are bounded`() {
        // No path begins a segment when all are equal in hash: one path repeated stands in for that.
        let entries = [FileEntry](repeating: FileEntry(path: [0x2F, 0x61], kind: .file), count: 5000)
        #expect(TreeSplitter.split(entries).allSatisfy { $0.count <= TreeSplitter.limit })
        #expect(TreeSplitter.split([]).isEmpty)
    }

    @Test(
        arguments: [
            (nil, 5, 5, true), (nil, 5, 4, false), ([FileEntry.Extent(offset: 0, length: 4)], 100, 4, true),
            ([.init(offset: 0, length: 4)], 100, 5, false), ([.init(offset: 97, length: 4)], 100, 4, false),
            ([.init(offset: 8, length: 2), .init(offset: 0, length: 2)], 100, 4, false),
            ([.init(offset: .max, length: .max)], 100, 4, false),
            ([.init(offset: 5, length: -1)], 100, 0, false),
        ] as [([FileEntry.Extent]?, Int64, Int, Bool)])
    func `a file's length is checked`(
        _ extents: [FileEntry.Extent]?, _ size: Int64, _ stored: Int, _ isRight: Bool
    ) {
        let entry = FileEntry(
            path: [1], kind: .file, size: size, extents: extents,
            content: [ContentRef(id: PackCatalogueTests.id(1), length: stored)])
        #expect(entry.isComplete == isRight)
    }
}
