import Collectors
import TestSupport
import Testing

@Suite("Listings of find")
struct ListedFileTests {
    @Test("A real listing is read whole, however it is cut", arguments: [1, 13, 1 << 20])
    func real(size: Int) throws {
        let scratch = try ScratchFolder()
        try Shell.run(
            "cd '\(scratch.path)' && printf abc >a && printf x >\"$(printf 'b c\\nd')\" && mkdir e && ln -s a l && chmod 4711 a && touch -d '1960-01-02 UTC' e"
        )
        let format = ListedFile.format
        let listing = try Shell.output("cd / && find '.\(scratch.path)' -printf '\(format)'")
        var decoder = ListedFile.Decoder()
        var files: [ListedFile] = []
        for start in stride(from: 0, to: listing.count, by: size) {
            files += decoder.consume(Array(listing[start..<min(listing.count, start + size)]))
        }
        #expect(decoder.malformed == 0 && decoder.isAtBoundary)
        let byName = Dictionary(
            files.map { (String(decoding: $0.path.dropFirst(scratch.path.utf8.count), as: UTF8.self), $0) }
        ) { a, _ in a }
        #expect(Set(byName.keys) == ["", "/a", "/b c\nd", "/e", "/l"])
        #expect(
            byName["/a"]?.mode == 0o4711 && byName["/a"]?.size == 3 && byName["/a"]?.kind == UInt8(ascii: "f")
        )
        #expect(byName["/l"]?.kind == UInt8(ascii: "l") && byName["/e"]?.kind == UInt8(ascii: "d"))
        #expect(byName["/e"]?.modified == -315_532_800_000_000_000)
        #expect((byName["/a"]?.changed ?? 0) > 1_700_000_000_000_000_000)
    }

    @Test(
        "Malformed records are counted, not guessed",
        arguments: [
            "", "f 644 0 0 x 1.0 1.0 a", "f 999 0 0 1 1.000000000 1.000000000 a", "f 644 0 0 1 1.5 1.5 a",
        ])
    func malformed(record: String) {
        var decoder = ListedFile.Decoder()
        #expect(decoder.consume(Array(record.utf8) + [0]).isEmpty)
        #expect(decoder.malformed == 1)
    }
}
