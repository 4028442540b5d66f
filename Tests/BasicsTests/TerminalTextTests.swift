import Basics
import Testing

@Suite("TerminalText")
struct TerminalTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("Grüße, 日本語, 🦉👩‍👩‍👧, \u{5E9}\u{5DC}\u{5D5}\u{5DD}", "Grüße, 日本語, 🦉👩‍👩‍👧, \u{5E9}\u{5DC}\u{5D5}\u{5DD}"),
        ("C:\\n", "C:\\n"),
        ("a\nb\tc\r\n", "a\\nb\\tc\\r\\n"),
        ("\u{1B}[31mred\u{1B}[0m", "\\e[31mred\\e[0m"),
        ("\u{1B}]0;title\u{7}", "\\e]0;title\\u{7}"),
        ("\u{1B}]52;c;cm0gLXJm\u{1B}\\", "\\e]52;c;cm0gLXJm\\e\\"),
        ("\u{9B}2J\u{90}q\u{9C}", "\\u{9B}2J\\u{90}q\\u{9C}"),
        ("user\u{202E}txt.exe", "user\\u{202E}txt.exe"),
        ("\u{2066}a\u{2069}\u{200F}\u{61C}", "\\u{2066}a\\u{2069}\\u{200F}\\u{61C}"),
        ("pay\u{200B}load\u{FEFF}\u{AD}", "pay\\u{200B}load\\u{FEFF}\\u{AD}"),
        ("line\u{2028}paragraph\u{2029}", "line\\u{2028}paragraph\\u{2029}"),
        ("\u{0}\u{8}\u{7F}", "\\u{0}\\u{8}\\u{7F}"),
        ("tag\u{E0041}", "tag\\u{E0041}"),
    ])
    func `what drives a terminal is written out, the rest stays`(text: String, expected: String) {
        #expect(TerminalText.escape(text) == expected)
        #expect(TerminalText.escape(expected) == expected)
    }

    @Test func `lines may be kept, and nothing else`() {
        #expect(TerminalText.escapeLines("a\tb\nc\r\n\u{1B}[2J") == "a\tb\nc\\r\n\\e[2J")
        #expect(TerminalText.escapeLines("a\nb\n") == "a\nb\n")
    }

    @Test func `trees keep tabs and ends of lines, and nothing else that is not shown`() {
        let tree: JSONValue = [
            "a\u{1B}": ["\u{1B}[31mred\u{07}\tx\r\ny\rz\n", 1, nil, "plain ‹é›"],
            "b": ["c": "\u{202E}d\u{2066}"],
        ]
        #expect(
            TerminalText.escapeTree(tree) == [
                "a\\e": ["\\e[31mred\\u{7}\tx\r\ny\\rz\n", 1, nil, "plain ‹é›"],
                "b": ["c": "\\u{202E}d\\u{2066}"],
            ])
        // What is written out for a terminal is written out here.
        let scalars = (UInt32(0x0E)...0xFFFF).compactMap(Unicode.Scalar.init)
        let all = String(String.UnicodeScalarView(scalars))
        #expect(TerminalText.escapeText(all) == TerminalText.escape(all))
        let hasAll = scalars.allSatisfy { scalar in
            let text = String(scalar)
            return TerminalText.escape(text) == text || TerminalText.escapeText(text) != text
        }
        #expect(hasAll)
    }

    @Test func `no control character is left of all there are`() {
        let all = String(String.UnicodeScalarView((0...0x10FFFF).compactMap(Unicode.Scalar.init)))
        let active = TerminalText.escape(all).unicodeScalars.filter {
            let properties = $0.properties
            return properties.generalCategory == .control || properties.isBidiControl
                || properties.generalCategory == .lineSeparator
                || properties.generalCategory == .paragraphSeparator
        }
        #expect(active.isEmpty)
    }
}
