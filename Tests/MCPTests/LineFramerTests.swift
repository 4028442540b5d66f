import MCP
import Testing

@Suite struct LineFramerTests {
    private func lines(_ pieces: [String], limit: Int = 100) -> [LineFramer.Event] {
        var framer = LineFramer(limit: limit)
        let events = pieces.flatMap { framer.push(Array($0.utf8)[...]) }
        return events + framer.finish()
    }

    @Test func `lines come out as they were cut, however they arrive`() {
        let text = "{\"a\":1}\n\r\n  \n{}\r\nlast"
        let expected: [LineFramer.Event] = [
            .line(Array("{\"a\":1}".utf8)), .line(Array("{}".utf8)), .line(Array("last".utf8)),
        ]
        #expect(lines([text]) == expected)
        #expect(lines(text.unicodeScalars.map { String($0) }) == expected)
    }

    @Test func `a byte order mark is left out at the beginning alone`() {
        #expect(lines(["\u{FEFF}{}\n"]) == [.line(Array("{}".utf8))])
        #expect(lines(["{}\n\u{FEFF}x\n"]).last == .line(Array("\u{FEFF}x".utf8)))
    }

    @Test func `a line of the longest length passes, one byte more does not`() {
        let fits = String(repeating: "a", count: 100)
        #expect(lines([fits + "\n"]) == [.line(Array(fits.utf8))])
        #expect(lines([fits + "\r\n"]) == [.line(Array(fits.utf8))])
        #expect(
            lines([fits + "b\n", "ok\n"]) == [
                .tooLong(head: Array((fits + "b").utf8)), .line(Array("ok".utf8)),
            ])
    }

    @Test func `a line without end is dropped as it comes, and the next one is read`() {
        var framer = LineFramer(limit: 1000)
        var events: [LineFramer.Event] = []
        for _ in 0..<10_000 { events += framer.push(Array(repeating: 0x61, count: 1000)[...]) }
        #expect(events.count == 1)
        events += framer.push(Array("\nnext\n".utf8)[...])
        #expect(events.last == .line(Array("next".utf8)))
        #expect(events.count == 2)
    }
}
