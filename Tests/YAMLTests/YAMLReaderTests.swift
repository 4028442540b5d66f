import Basics
import Testing

@testable import YAML

/// Texts of YAML as programs keep them, and broken ones.
@Suite struct YAMLReaderTests {
    private func read(_ text: String) throws(YAMLError) -> JSONValue {
        try YAMLReader.read(Array(text.utf8)).tree
    }

    @Test func `a text is a tree of values`() throws {
        let text = """
            # mine
            extensions:
              one: &o
                cmd: /usr/bin/one
                args: [a, "2", 3, -4.5, ~, true, False, '']
                note: |
                  two
                  lines
              two: *o
            "odd: name": 1e999
            none:
            """
        let one: JSONValue = [
            "cmd": "/usr/bin/one", "args": ["a", "2", 3, .double(-4.5), .null, true, false, ""],
            "note": "two\nlines\n",
        ]
        #expect(
            try read(text) == [
                "extensions": ["one": one, "two": one], "odd: name": "1e999", "none": .null,
            ])
        #expect(try read("\u{FEFF}a: 1\r\nb: [x,\r\n y]\r\n") == ["a": 1, "b": ["x", "y"]])
        #expect(try read("&k a: *k") == ["a": "a"])
        #expect(try read("- - 1\n  - 2\n") == [[1, 2]])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "null\n"]) func `a text may say nothing`(_ text: String)
        throws
    {
        #expect(try read(text) == .null)
    }

    @Test(arguments: [
        ("extensions: [unclosed", "did not find expected ',' or ']'"), ("a: b: c: d", "not allowed"),
        ("a:\n\tb: 1", "cannot start any token"), ("a: \"cut off", "unexpected end of stream"),
        ("a: {b: 1", "did not find expected ',' or '}'"), ("a: 1\nb: 2\na: 3", "‘a’ is there twice"),
        ("a: *none", "an alias names no anchor"), ("a: 1\n---\nb: 2", "several documents"),
        ("? [a]\n: 1", "a name that is no text"), ("a: 1\n  b: 2", "not allowed"),
        (String(repeating: "[", count: 300), "nested deeper than 200 levels"),
    ]) func `what is none is told, with its line`(_ text: String, _ reason: String) {
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.line != nil)
    }

    @Test func `aliases that mean more and more are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for number in 1..<12 {
            let words = [String](repeating: "*a\(number - 1)", count: 10).joined(separator: ", ")
            text += "a\(number): &a\(number) [\(words)]\n"
        }
        #expect(throws: YAMLError.self) { try read(text) }
    }

    @Test func `each scalar tells where it is written`() throws {
        let text =
            "\u{FEFF}# ä\na: &x \"é\\x41\"\n? b\n: >\n  fold\n  ed\nc: [1, true, *x, 'it''s']\nd: several\n  lines\n"
        let bytes = Array(text.utf8)
        let scalars = try YAMLReader.read(bytes).scalars
        let written = scalars.map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(
            written == [
                "a", "&x \"é\\x41\"", "b", ">\n  fold\n  ed\n", "c", "1", "true", "'it''s'", "d",
                "several\n  lines",
            ])
        #expect(
            scalars.map(\.text) == [
                "a", "éA", "b", "fold ed\n", "c", "1", "true", "it's", "d", "several lines",
            ])
        #expect(scalars.filter(\.isName).map(\.text) == ["a", "b", "c", "d"])
        #expect(scalars.filter { !$0.isText }.map(\.text) == ["1", "true"])
    }

    @Test func `only UTF-8 is read`() {
        #expect(throws: YAMLError(reason: "it is no UTF-8", line: nil)) { try YAMLReader.read([0x61, 0xFF]) }
    }
}
