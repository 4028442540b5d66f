import Basics
import TestSupport
import Testing

@testable import Vault

/// Lists of files that no writer of the vault makes: small on the disk, endless in memory.
@Suite struct TreeMeterTests {
    private func entry(_ path: String) -> FileEntry { FileEntry(path: Array(path.utf8), kind: .file) }

    private func reason(_ bytes: [UInt8], limit: Int = TreeMeter.Size.limit) -> String? {
        var read: [FileEntry] = []
        var meter = TreeMeter(limit: limit)
        do {
            try TreeCodec.decode(bytes, into: &read, meter: &meter)
            return nil
        } catch { return error.reason }
    }

    @Test func `names that share a long beginning are counted at their whole length`() {
        let long = String(repeating: "/a", count: 10_000)
        let entries = (1000..<2000).map { entry("\(long)/\($0)") }
        let bytes = TreeCodec.encode(entries[...])
        #expect(bytes.count < 40_000)
        #expect(reason(bytes) == nil)
        #expect(
            reason(bytes, limit: 10 << 20) == "The list of its files takes more than 10.0 MiB of memory")
    }

    @Test func `pieces, stretches and attributes are counted`() {
        var large = entry("/a")
        large.size = 100_000
        large.content = [ContentRef](
            repeating: ContentRef(id: PackCatalogueTests.id(1), length: 1), count: 100_000)
        #expect(reason(TreeCodec.encode([large]), limit: 3 << 20)?.contains("3.0 MiB") == true)
        var holes = entry("/a")
        holes.extents = [FileEntry.Extent](repeating: .init(offset: 0, length: 0), count: 100_000)
        let bytes = TreeCodec.encode([holes])
        #expect(bytes.count < 210_000)
        #expect(reason(bytes, limit: 1 << 20)?.contains("1.0 MiB") == true)
        var marked = entry("/a")
        marked.attributes = [FileEntry.Attribute](repeating: .init(name: [], value: []), count: 100_000)
        #expect(reason(TreeCodec.encode([marked]), limit: 1 << 20)?.contains("1.0 MiB") == true)
    }

    @Test func `paths out of order or named twice are refused`() {
        #expect(reason(TreeCodec.encode([entry("/a"), entry("/b")])) == nil)
        for paths in [["/b", "/a"], ["/a", "/a"], ["/a", "/"]] {
            #expect(
                reason(TreeCodec.encode(paths.map(entry)[...])) == "its paths are not in order, each once")
        }
    }

    @Test func `a segment of more entries than any has is refused, and a piece longer than any object`() {
        var entries = (0...TreeSplitter.limit).map { entry("/\(10_000 + $0)") }
        #expect(reason(TreeCodec.encode(entries[...])) == "a number is too large")
        entries.removeLast()
        #expect(reason(TreeCodec.encode(entries[...])) == nil)
        var long = entry("/a")
        long.size = 1 << 40
        long.content = [ContentRef(id: PackCatalogueTests.id(1), length: 1 << 40)]
        #expect(reason(TreeCodec.encode([long])) == "a piece that is longer than any object")
    }

    @Test func `nothing is written that could not be read again`() async throws {
        var size = TreeMeter.Size()
        var huge = entry("/a")
        huge.linkTarget = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<2047 { size.add(huge) }
        #expect(size.problem() == nil)
        for _ in 0..<2 { size.add(huge) }
        #expect(size.problem() == "The list of its files takes more than 2.0 GiB of memory")
    }
}
