import Operations
import TestSupport
import Testing

@testable import CLI

@Suite struct DisplayWidthTests {
    @Test func `an id is never cut, however narrow the terminal`() throws {
        let id = "20261121T055623Z-7ke1efddshk7"
        let table = DisplayBlock.table(
            columns: [Column("BACKUP", isWhole: true), "NAME"], rows: [[Cell(id), "a rather long label"]],
            empty: "")
        let style = TextStyle(isColoured: false, width: 20)
        let text = String(decoding: try DisplayRenderer(style: style).bytes([table]), as: UTF8.self)
        #expect(text.contains(id) && !text.contains("a rather long label"))
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("👍", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2),
        ("❤\u{FE0F}", 2), ("…–‘’", 4), ("\u{200D}", 0), ("ﬀ", 1), ("（", 2), ("ア", 2), ("ｱ", 1),
    ]) func `a text takes the columns that a terminal gives it`(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("abc", 0, ""),
        ("abc", 1, "…"),
    ]) func `what is too wide is cut and says so`(_ text: String, _ width: Int, _ cut: String) {
        #expect(DisplayWidth.truncated(text, to: width) == cut)
    }
}

@Suite struct DisplayRendererTests {
    @Test(arguments: [("a", "a", "a\n"), ("a\n", "a\n", "a\n"), ("", "", ""), ("a\n\n", "a\n\n", "a\n\n")])
    func `a file's text ends for a program as it does, and on a terminal with its line`(
        text: String, program: String, terminal: String
    ) throws {
        for (width, expected) in [(nil, program), (80, terminal)] {
            let renderer = DisplayRenderer(style: TextStyle(isColoured: false, width: width))
            #expect(try renderer.bytes([.text(text)]) == Array(expected.utf8))
        }
        let hostile = try DisplayRenderer(style: TextStyle(isColoured: false, width: nil)).bytes([
            .text("\u{1B}[2J")
        ])
        #expect(hostile == Array("\\e[2J".utf8))
    }

    private static let table = DisplayBlock.table(
        columns: ["NAME", Column("SIZE", isNumeric: true), "WHAT IT SAYS"],
        rows: [
            [Cell("web1"), Cell("12"), Cell("all is well", .good)],
            [Cell("日本"), Cell("1024"), Cell("a rather long remark on the state of this machine", .warning)],
            [Cell("short"), Cell("7")],
        ], empty: "Nothing.")

    private static let blocks = [
        DisplayBlock.heading("Backup\u{1B}[2J"),
        .record([("device", "web1"), ("own paths", Cell("/srv\n/opt\rx")), ("empty", "")]),
        table,
        .table(columns: ["A"], rows: [], empty: "There are none."),
        .lines([Cell("plain"), Cell("dim\u{202E}", .dim), Cell("two\nlines", .bad)]),
    ]

    @Test(arguments: [
        ("plain", TextStyle.plain), ("narrow", TextStyle(isColoured: false, width: 40)),
        ("coloured", TextStyle(isColoured: true, width: 60)),
        ("tiny", TextStyle(isColoured: false, width: 10)),
    ]) func `blocks are drawn as recorded`(_ name: String, _ style: TextStyle) throws {
        let text = String(decoding: try DisplayRenderer(style: style).bytes(Self.blocks), as: UTF8.self)
        let mismatch = Golden.mismatch(text, "display-\(name).txt")
        #expect(mismatch == nil)
    }

    @Test(arguments: 20...100) func `a table keeps within the terminal`(_ width: Int) throws {
        let bytes = try DisplayRenderer(style: TextStyle(isColoured: false, width: width)).bytes([Self.table])
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let widest = lines.map { DisplayWidth.of($0) }.max() ?? 0
        // Two text columns of eight at least, the numbers and the gaps.
        #expect(widest <= max(width, 24))
    }

    @Test(arguments: [
        ("text\twith\r\nlines", true), ("日本", true), ("\u{1B}[31m", false), ("a\u{0}b", false),
        ("\u{9B}x", false),
    ]) func `text with controls counts as binary`(_ text: String, _ isPlain: Bool) {
        #expect(DisplayRenderer.isPlainText(Array(text.utf8)) == isPlain)
    }

    @Test func `bytes that are no text count as binary`() {
        #expect(!DisplayRenderer.isPlainText([0x66, 0xFF]))
        #expect(DisplayRenderer.isPlainText([]))
    }
}

@Suite struct TextWrapTests {
    @Test func `words are set in lines, and longer ones stand alone`() {
        #expect(TextWrap.lines("one two three", width: 7) == ["one two", "three"])
        #expect(TextWrap.lines("a extraordinarily b", width: 5) == ["a", "extraordinarily", "b"])
        #expect(TextWrap.lines("x\n\n  kept as it is", width: 5) == ["x", "", "  kept as it is"])
    }

    @Test func `meanings stand in a column`() {
        let rows = [
            ("a", "one two three four five six"), (String(repeating: "x", count: 31), "long"), ("b", ""),
        ]
        let lines = TextWrap.definitions(rows.map { (term: $0.0, meaning: $0.1) }, width: 30)
        #expect(lines[0] == "  a  one two three four five six" || lines[0].hasPrefix("  a  one two"))
        #expect(lines.contains("  " + String(repeating: "x", count: 31)))
        #expect(lines.last == "  b")
    }
}
