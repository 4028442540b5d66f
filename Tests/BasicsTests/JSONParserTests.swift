import Basics
import Testing

@Suite("JSONParser")
struct JSONParserTests {
    @Test(
        arguments: [
            ("null", .null), (" true\r\n", .bool(true)), ("false", .bool(false)), ("0", .int(0)),
            ("-0", .int(0)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.0", .double(1)),
            ("1e2", .double(100)),
            ("-1.5E-1", .double(-0.15)), ("1e-400", .double(0)), (#""""#, ""),
            (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0000\u00e9\ud83e\udd89""#, "\u{0}é🦉"), ("\"é🦉\u{7F}\u{2028}\"", "é🦉\u{7F}\u{2028}"),
            ("[]", []),
            ("[ ]", []), ("{}", [:]), ("{ }", [:]), ("[1,[2,{}]]", [1, [2, [:]]]),
            ("\t{ \"a\" : 1 ,\n\"b\": [ true , null ] }", ["a": 1, "b": [true, nil]]),
            (#"{"":{"":""}}"#, ["": ["": ""]]),
        ] as [(String, JSONValue)])
    func `JSON is read`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let words: String
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ words: String) { (self.text, self.words) = (text, words) }
    }

    @Test(arguments: [
        Refusal("", "unexpected end of text at byte 0"), Refusal("  ", "unexpected end of text at byte 2"),
        Refusal("nul", "unexpected word at byte 0"),
        Refusal("nulll", "unexpected text after the value at byte 4"),
        Refusal("True", "unexpected character at byte 0"), Refusal("NaN", "unexpected character at byte 0"),
        Refusal("01", "a number may not begin with 0 at byte 2"), Refusal("-", "expected a digit at byte 1"),
        Refusal("-01", "a number may not begin with 0 at byte 3"),
        Refusal("+1", "unexpected character at byte 0"),
        Refusal(".5", "unexpected character at byte 0"), Refusal("1.", "expected a digit at byte 2"),
        Refusal("1e", "expected a digit at byte 2"), Refusal("1e+", "expected a digit at byte 3"),
        Refusal("1e999", "a number out of range at byte 5"),
        Refusal("0x10", "unexpected text after the value at byte 1"),
        Refusal("1 2", "unexpected text after the value at byte 2"),
        Refusal("[1", "unexpected end of text at byte 2"),
        Refusal("[1,]", "unexpected character at byte 3"), Refusal("[,1]", "unexpected character at byte 1"),
        Refusal("[1 2]", "expected a comma or the end of the list at byte 3"),
        Refusal("]", "unexpected character at byte 0"), Refusal("[}", "unexpected character at byte 1"),
        Refusal("{", "expected a member name at byte 1"),
        Refusal("{1:2}", "expected a member name at byte 1"),
        Refusal(#"{"a"}"#, "expected a colon at byte 4"),
        Refusal(#"{"a":}"#, "unexpected character at byte 5"),
        Refusal(#"{"a":1,}"#, "expected a member name at byte 7"),
        Refusal("{'a':1}", "expected a member name at byte 1"),
        Refusal(#"{"a":1,"a":2}"#, "member name given twice at byte 12"),
        Refusal(#"{"a":1,"\u0061":2}"#, "member name given twice at byte 17"),
        Refusal("\"", "a string without end at byte 1"), Refusal("\"a\\", "a string without end at byte 3"),
        Refusal("\"\n\"", "a control character inside a string at byte 1"),
        Refusal("\"\\x\"", "an unknown escape at byte 3"),
        Refusal(#""\u12g4""#, "expected four hexadecimal digits at byte 5"),
        Refusal(#""\u12"#, "expected four hexadecimal digits at byte 5"),
        Refusal(#""\ud800""#, "half of a surrogate pair at byte 7"),
        Refusal(#""\ud800\u0041""#, "half of a surrogate pair at byte 13"),
        Refusal(#""\udc00\ud800""#, "half of a surrogate pair at byte 7"),
        Refusal(#""\ud800\ud800""#, "half of a surrogate pair at byte 13"),
        Refusal("\u{FEFF}1", "unexpected character at byte 0"),
        Refusal("1//", "unexpected text after the value at byte 1"),
    ])
    func `what is no JSON is refused with its place`(_ refusal: Refusal) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(refusal.text) }
        #expect(error?.description == refusal.words)
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused, or repaired where asked`(_ bytes: [UInt8]) throws {
        let text = [0x22] + bytes + [0x22]
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        let repaired = try JSONParser.parse(text, repairsText: true)
        #expect(repaired.string?.contains("\u{FFFD}") == true)
        let key = try JSONParser.parse([0x7B] + text + Array(":1}".utf8), repairsText: true)
        #expect(key.object?.count == 1)
    }

    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\ud800A""#, "\u{FFFD}A"), (#""\ud800\u0041""#, "\u{FFFD}A"),
        (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\ud83e\udd89""#, "\u{FFFD}🦉"),
        (#""\udc00\udc00""#, "\u{FFFD}\u{FFFD}"),
    ])
    func `half surrogates are repaired where asked`(text: String, expected: String) throws {
        #expect(try JSONParser.parse(Array(text.utf8), repairsText: true) == .string(expected))
    }

    @Test func `nesting has a limit`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONParser.parse(nested(128))
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(nested(129)) }
        #expect(error?.reason == "nested deeper than 128 levels")
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(1_000_000)) }
        #expect(throws: JSONError.self) {
            try JSONParser.parse(Array(String(repeating: "{\"a\":", count: 1_000_000).utf8))
        }
        _ = try JSONParser.parse(nested(3), depthLimit: 3)
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(4), depthLimit: 3) }
        // Depth is how deep, not how many.
        _ = try JSONParser.parse(
            Array(("[" + String(repeating: "[],{},", count: 1_000) + "1]").utf8), depthLimit: 2)
    }

    @Test(arguments: [
        #"{"a":[1,2.5,-3e4,true,false,null,"x\u00e9\n🦉"],"b":{"c":"d"}}"#, #"["\ud83e\udd89",1e2]"#,
    ])
    func `every beginning of a text is refused, every changed byte survived`(_ text: String) {
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(bytes[..<end])) }
        }
        for index in bytes.indices {
            for byte in UInt8.min ... .max {
                var changed = bytes
                changed[index] = byte
                guard let value = try? JSONParser.parse(changed) else { continue }
                #expect((try? JSONParser.parse(JSONWriter.bytes(value))) == value)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `time grows with the length only`() throws {
        let count = 200_000
        let texts = [
            "[" + String(repeating: "1,", count: count) + "1]",
            "\"" + String(repeating: "\\u0041", count: count) + "\"",
            "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}",
            String(repeating: " ", count: count) + "1",
            String(repeating: "1", count: count),
        ]
        for text in texts { _ = try? JSONParser.parse(text) }
    }
}
