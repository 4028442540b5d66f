import Basics
import Testing

@Suite("JSONWriter and JSONValue")
struct JSONWriterTests {
    @Test(
        arguments: [
            (.null, "null"), (.bool(true), "true"), (.int(.min), "-9223372036854775808"),
            (.double(0.1), "0.1"),
            (.double(1), "1.0"), (.double(1e300), "1e+300"), (.double(.leastNonzeroMagnitude), "5e-324"),
            (.double(.infinity), "null"),
            (.double(.nan), "null"), ("é🦉/", "\"é🦉/\""),
            ("\u{0}\u{1F}\u{7F}\"\\\n\r\t", #""\u0000\u001f\u007f\"\\\n\r\t""#),
            ([], "[]"), ([:], "{}"), (["b": 1, "a": [nil], "B": [:]], #"{"B":{},"a":[null],"b":1}"#),
        ] as [(JSONValue, String)])
    func `values are written with sorted keys`(value: JSONValue, text: String) {
        #expect(JSONWriter.text(value) == text)
        #expect(JSONWriter.bytes(value) == Array(text.utf8))
    }

    @Test func `whether a value fits is told exactly`() {
        let values: [JSONValue] = [
            "\u{0}\u{1}\u{2}", ["a": [1, .double(2.5), nil, true], "b": "\"\n"],
            .array(Array(repeating: "é🦉", count: 100)),
            .array(Array(repeating: .object(["key": .int(.min)]), count: 50)),
        ]
        for value in values {
            let size = JSONWriter.bytes(value).count
            #expect(JSONWriter.fits(value, in: size))
            #expect(!JSONWriter.fits(value, in: size - 1))
            #expect(JSONWriter.fits(value, in: 100 * size))
        }
    }

    @Test func `members lie on lines of their own where asked`() {
        let value: JSONValue = ["b": [1, []], "a": [:], "c": ["d": nil]]
        let expected = """
            {
              "a": {},
              "b": [
                1,
                []
              ],
              "c": {
                "d": null
              }
            }
            """
        #expect(JSONWriter.text(value, isPretty: true) == expected)
        #expect((try? JSONParser.parse(expected)) == value)
    }

    @Test func `numbers come back as they were`() throws {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Double(bitPattern: state)
            guard number.isFinite else { continue }
            #expect(try JSONParser.parse(JSONWriter.bytes(.double(number))).double == number)
        }
    }

    @Test func `parts of a tree are reached by name and place`() {
        let tree: JSONValue = ["a": [1, "x", true, .double(2), .double(2.5), nil, ["k": "v"]]]
        #expect(tree["a"]?[0]?.int == 1)
        #expect(tree["a"]?[1]?.string == "x")
        #expect(tree["a"]?[2]?.bool == true)
        #expect(tree["a"]?[3]?.int == 2)
        #expect(tree["a"]?[4]?.int == nil)
        #expect(tree["a"]?[0]?.double == 1)
        #expect(tree["a"]?[5]?.isNull == true)
        #expect(tree["a"]?[6]?.object == ["k": "v"])
        #expect(tree["a"]?[7] == nil && tree["a"]?[-1] == nil)
        #expect(tree["b"] == nil && tree[0] == nil && tree["a"]?["k"] == nil)
        #expect(tree.array == nil && tree["a"]?.array?.count == 7)
        #expect(JSONValue.double(1e300).int == nil)
    }

    @Test func `a secret is told from an object that looks like one`() {
        #expect(JSONValue.secret("x").secretText == "x")
        #expect((["$secret": 1] as JSONValue).secretText == nil)
        #expect((["$secret": "x", "y": 1] as JSONValue).secretText == nil)
        #expect(("x" as JSONValue).secretText == nil)
    }
}
