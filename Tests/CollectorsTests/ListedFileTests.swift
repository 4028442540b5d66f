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
        let format = ListedFile.format(source: 7)
        let listing = try Shell.output("cd / && find '.\(scratch.path)' -printf '\(format)'")
        var decoder = ListingDecoder()
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
        #expect(files.allSatisfy { $0.source == 7 })
    }

    @Test(
        "Malformed records are counted, not guessed",
        arguments: [
            "", "0 f 644 0 0 x 1.0 1.0 a", "0 f 999 0 0 1 1.000000000 1.000000000 a",
            "0 f 644 0 0 1 1.5 1.5 a", "f 644 0 0 1 1.000000000 1.000000000 a",
        ])
    func malformed(record: String) {
        var decoder = ListingDecoder()
        #expect(decoder.consume(Array(record.utf8) + [0]).isEmpty)
        #expect(decoder.malformed == 1)
    }

    @Test(
        "Times beyond what nanoseconds can count are the furthest there are",
        arguments: [
            ("10413792000.0000000000", Int64.max), ("99999999999.5000000000", .max),
            ("-10413792000.0000000000", .min), ("8999999999.9999999990", 8_999_999_999_999_999_999),
        ])
    func farAway(time: String, expected: Int64) {
        var decoder = ListingDecoder()
        let files = decoder.consume(Array("@1000\00 f 644 0 0 1 \(time) \(time) ./etc/a\0=\0".utf8))
        #expect(files.map(\.modified) == [expected] && files.map(\.changed) == [expected])
        #expect(decoder.malformed == 0 && decoder.isSettled == (expected < 0))
    }

    /// One file that changed at these seconds, as its times are listed.
    private func record(_ modified: Int, _ changed: Int, kind: String = "f") -> String {
        "3 \(kind) 644 0 0 5 \(modified).000000000 \(changed).000000000 ./etc/a\0"
    }

    @Test(
        "A file counts as settled when it last changed a while before, by the device's own clock",
        arguments: [
            (100, 100, true), (996, 996, true), (997, 900, false), (900, 997, false), (1000, 1000, false),
            // The clock was set back.
            (100, 5000, false),
        ])
    func settled(modified: Int, changed: Int, isSettled: Bool) {
        var decoder = ListingDecoder()
        let files = decoder.consume(Array("@1000\0\(record(modified, changed))=\0".utf8))
        #expect(decoder.isSettled == isSettled && decoder.began == 1000)
        #expect(files.first?.source == 3 && files.first?.path == Array("/etc/a".utf8))
    }

    @Test(
        "Times with small fractions are sure to differ after a quarter of a second, others after three seconds",
        arguments: [
            // Ticks of nanoseconds, of milliseconds, of seconds; then clocks that tell no fraction.
            ("1000 500000000", "1000.249999999", true), ("1000 500000000", "1000.250000001", false),
            ("1000 500000000", "1000.240000000", false), ("1000 500000000", "996.990000000", true),
            ("1000 500000000", "997.000000000", false), ("1000 500000000", "996.000000000", true),
            ("1000", "996.999999999", true), ("1000", "997.000000001", false),
            ("1000 N", "997.000000001", false), ("1000 -5", "999.800000001", false),
            ("1000 99999999999999", "1000.900000001", false), ("9999999999999", "1.5", false),
        ])
    func ticks(clock: String, time: String, isSettled: Bool) {
        var decoder = ListingDecoder()
        _ = decoder.consume(Array("@\(clock)\03 f 644 0 0 5 1.000000001 \(time) ./etc/a\0=\0".utf8))
        #expect(decoder.isSettled == isSettled)
    }

    @Test("Without a clock nothing is settled, and a socket keeps the configuration from being so")
    func unsettled() {
        var clockless = ListingDecoder()
        #expect(clockless.consume(Array("@\0\(record(1, 1))=\0".utf8)).count == 1 && clockless.began == nil)
        var withSocket = ListingDecoder()
        _ = withSocket.consume(Array("@1000\0\(record(1, 1, kind: "s"))=\0".utf8))
        #expect(!clockless.isSettled && !withSocket.isSettled)
    }

    @Test(
        "The digest is what the device's own tool says of the configuration alone", arguments: [1, 1 << 20])
    func digest(size: Int) throws {
        let scratch = try ScratchFolder()
        try scratch.write(Array(record(5, 6).utf8), to: "records")
        let printed = try Shell.output("sha256sum <'\(scratch.path)/records'")
        let listing = Array("@1000\0\(record(5, 6))=\0\(record(7, 8))".utf8)
        var decoder = ListingDecoder()
        var count = 0
        for start in stride(from: 0, to: listing.count, by: size) {
            count += decoder.consume(Array(listing[start..<min(listing.count, start + size)])).count
        }
        #expect(count == 2 && !decoder.isKnown && decoder.isAtBoundary)
        #expect(decoder.digest == String(decoding: printed.prefix(64), as: UTF8.self))
    }

    @Test("A mark stands for a configuration that is the same")
    func known() {
        var decoder = ListingDecoder()
        #expect(decoder.consume(Array("@1000\0~\0=\0\(record(7, 8))".utf8)).count == 1)
        #expect(decoder.isKnown)
    }
}
