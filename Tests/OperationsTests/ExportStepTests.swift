import Testing
import Vault

@testable import Operations

@Suite("Export steps")
struct ExportStepTests {
    private func file(_ name: String, _ size: Int64, kind: FileEntry.Kind = .file, holes: Bool = false)
        -> FileEntry
    {
        FileEntry(
            path: Array("/\(name)".utf8), kind: kind, size: size,
            extents: holes ? [FileEntry.Extent(offset: 0, length: size)] : nil)
    }

    private func shape(_ entries: [FileEntry]) -> [Int] { ExportStep.steps(entries).map(\.entries.count) }

    @Test("Small files go together, everything else by itself and in its place")
    func together() {
        let entries = [
            file("d", 0, kind: .folder), file("d/a", 10), file("d/b", 64 << 10), file("d/big", 64 << 10 + 1),
            file("d/c", 1), file("d/sparse", 1, holes: true), file("d/e", 0),
            file("l", 0, kind: .symbolicLink),
        ]
        #expect(shape(entries) == [1, 2, 1, 1, 1, 1, 1])
        #expect(ExportStep.steps(entries).flatMap(\.entries) == entries)
        #expect(shape([]).isEmpty)
    }

    @Test("A step holds at most a mebibyte, and 256 files")
    func limits() {
        #expect(shape((0..<600).map { file("\($0)", 1) }) == [256, 256, 88])
        #expect(shape((0..<40).map { file("\($0)", 60_000) }) == [17, 17, 6])
    }
}
