import Basics
import Testing

private enum Level: String, Codable, CaseIterable { case low, high }

private enum Connection: Codable, Equatable {
    case local
    case remote(host: String, port: Int?)
}

private struct Address: Codable, Equatable {
    var street: String
    var number: UInt8?
}

private struct Everything: Codable, Equatable {
    var flag = true
    var text = "ö\u{0}🦉"
    var small: Int8 = -128
    var large: Int64 = .max
    var real = 0.1
    var narrow: Float = 1.5
    var missing: String?
    var level = Level.high
    var address = Address(street: "Mill Lane", number: 7)
    var list = [Address(street: "a", number: nil), Address(street: "b", number: 0)]
    var optionals: [Int?] = [1, nil, 3]
    var table = ["x": [1, 2], "": []]
    var set: Set<Int> = [4]
    var connection = Connection.remote(host: "h", port: nil)
    var tree: JSONValue = ["deep": [nil, 1, ["k": "v"]]]
    var size = ByteCount(5)
    var time = Timestamp(seconds: 1_700_000_000)
}

private class Base: Codable {
    var base = 1

    init() {}
}

private final class Derived: Base {
    enum CodingKeys: CodingKey { case own }

    var own = 2

    override init() { super.init() }

    required init(from decoder: any Decoder) throws {
        own = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .own)
        try super.init(from: decoder.container(keyedBy: CodingKeys.self).superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(own, forKey: .own)
        try super.encode(to: container.superEncoder())
    }
}

/// Goes through nested containers by hand: `{"pair": {"inner": [[1, 2], null]}}`.
private struct Nested: Codable, Equatable {
    enum Outer: CodingKey { case pair }
    enum Inner: CodingKey { case inner }

    var left: Int
    var right: Int

    init(left: Int, right: Int) { (self.left, self.right) = (left, right) }

    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Outer.self)
        var list = try outer.nestedContainer(keyedBy: Inner.self, forKey: .pair)
            .nestedUnkeyedContainer(forKey: .inner)
        var pair = try list.nestedUnkeyedContainer()
        left = try pair.decode(Int.self)
        right = try pair.decode(Int.self)
        guard pair.isAtEnd, try list.decodeNil(), list.isAtEnd else {
            throw DecodingError.dataCorruptedError(in: list, debugDescription: "more than a pair")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Outer.self)
        var inner = outer.nestedContainer(keyedBy: Inner.self, forKey: .pair)
        var list = inner.nestedUnkeyedContainer(forKey: .inner)
        var pair = list.nestedUnkeyedContainer()
        try pair.encode(left)
        try pair.encode(right)
        try list.encodeNil()
    }
}

@Suite("Codable through JSONValue")
struct JSONCodableTests {
    private func roundTrip<T: Codable>(_ value: T) throws -> T {
        let bytes = JSONWriter.bytes(try JSONValueEncoder().encode(value))
        return try JSONValueDecoder().decode(from: JSONParser.parse(bytes))
    }

    @Test func `everything survives the way through bytes`() throws {
        #expect(try roundTrip(Everything()) == Everything())
        #expect(try roundTrip(Nested(left: 3, right: 4)) == Nested(left: 3, right: 4))
        #expect(try roundTrip([Connection.local]) == [.local])
        #expect(try roundTrip("text") == "text")
        #expect(try roundTrip(Int?.none) == nil)
        #expect(try roundTrip([String: Level]()) == [:])
    }

    @Test func `a type has the tree that its properties spell`() throws {
        #expect(try JSONValueEncoder().encode(Address(street: "s", number: nil)) == ["street": "s"])
        #expect(
            try JSONValueEncoder().encode(Connection.remote(host: "h", port: 1))
                == ["remote": ["host": "h", "port": 1]])
        #expect(
            try JSONValueEncoder().encode(Nested(left: 1, right: 2)) == ["pair": ["inner": [[1, 2], nil]]])
        #expect(try JSONValueEncoder().encode([Int]()) == [])
    }

    @Test func `superclasses keep their members apart`() throws {
        let object = Derived()
        (object.base, object.own) = (10, 20)
        let tree = try JSONValueEncoder().encode(object)
        #expect(tree == ["own": 20, "super": ["base": 10]])
        let copy = try JSONValueDecoder().decode(Derived.self, from: tree)
        #expect(copy.base == 10 && copy.own == 20)
    }

    @Test func `members nobody asks for are ignored, null and missing are nil`() throws {
        let decoder = JSONValueDecoder()
        let expected = Address(street: "s", number: nil)
        #expect(try decoder.decode(from: ["street": "s", "more": [1]]) == expected)
        #expect(try decoder.decode(from: ["street": "s", "number": nil]) == expected)
        #expect(try decoder.decode(Int.self, from: .double(2)) == 2)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let tree: JSONValue
        let words: String

        var testDescription: String { words }
    }

    private struct Device: Codable {
        var name: String
        var ports: [UInt16]
        var address: Address?
        var levels: [String: Level]?
        var created: Timestamp?
    }

    @Test(arguments: [
        Refusal(tree: ["ports": []], words: "name: missing"),
        Refusal(tree: [], words: "expected an object, found a list"),
        Refusal(tree: ["name": 5, "ports": []], words: "name: expected a string, found the number 5"),
        Refusal(tree: ["name": nil, "ports": []], words: "name: expected a string, found null"),
        Refusal(tree: ["name": "n", "ports": "22"], words: "ports: expected a list, found a string"),
        Refusal(
            tree: ["name": "n", "ports": [1, 70000]],
            words: "ports[1]: expected a whole number from 0 to 65535, found the number 70000"),
        Refusal(
            tree: ["name": "n", "ports": [.double(1.5)]],
            words: "ports[0]: expected a whole number from 0 to 65535, found the number 1.5"),
        Refusal(
            tree: ["name": "n", "ports": [], "address": ["street": true]],
            words: "address.street: expected a string, found true"),
        Refusal(
            tree: ["name": "n", "ports": [], "levels": ["a b": "huge"]],
            words: "levels.a b: Cannot initialize Level from invalid String value huge"),
        Refusal(
            tree: ["name": "n", "ports": [], "created": "yesterday"],
            words: "created: not an RFC 3339 instant in UTC: yesterday"),
    ])
    func `a tree that does not fit is refused with its place`(_ refusal: Refusal) {
        let error = #expect(throws: JSONShapeError.self) {
            try JSONValueDecoder().decode(Device.self, from: refusal.tree)
        }
        #expect(error?.description == refusal.words)
    }

    @Test func `reading past the end of a list is refused`() {
        let error = #expect(throws: JSONShapeError.self) {
            try JSONValueDecoder().decode(Nested.self, from: ["pair": ["inner": [[1], nil]]])
        }
        #expect(error?.description == "pair.inner[0][1]: the list ends before this element")
    }

    @Test func `what JSON cannot hold is refused, never rounded`() {
        let infinite = #expect(throws: JSONShapeError.self) {
            try JSONValueEncoder().encode(["a": [1.0, -.infinity]])
        }
        #expect(infinite?.description == "a[1]: JSON cannot hold the number -inf")
        let large = #expect(throws: JSONShapeError.self) { try JSONValueEncoder().encode(UInt64.max) }
        #expect(large?.description == "JSON cannot hold the number 18446744073709551615")
    }
}
