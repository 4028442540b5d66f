import Basics
import Testing

@Suite struct JSONShapeTests {
    private enum Colour: String, Codable, CaseIterable {
        case red
        case green
    }

    private struct Inner: Codable {
        let flag: Bool
        let share: Double?
    }

    private struct Outer: Codable {
        let name: String
        let note: String?
        let count: Int64?
        let when: Timestamp
        let size: ByteCount
        let colour: Colour
        let inner: Inner
        let perhaps: Inner?
        let list: [Inner]
        let counts: [String: Int]
        let any: JSONValue
        let anything: JSONValue?
    }

    private struct Endless: Codable {
        let next: [Endless]
    }

    private final class Nest: Codable {
        let inner: Nest?
    }

    @Test func `a type tells its members, kinds and what may be left out`() throws {
        let inner: JSONShape = .record([
            .init("flag", .flag), .init("share", .number, isOptional: true),
        ])
        let shape = try JSONShape(of: Outer.self)
        #expect(
            shape.members == [
                .init("name", .text(format: "")),
                .init("note", .text(format: ""), isOptional: true),
                .init("count", .integer, isOptional: true),
                .init("when", .text(format: "date-time")),
                .init("size", .integer),
                .init("colour", .choice(["red", "green"])),
                .init("inner", inner),
                .init("perhaps", inner, isOptional: true),
                .init("list", .list(inner)),
                .init("counts", .map(.integer)),
                .init("any", .anything),
                .init("anything", .anything, isOptional: true),
            ])
    }

    @Test func `what is encoded has the members that were told`() throws {
        let value = Outer(
            name: "a", note: nil, count: 3, when: Timestamp(seconds: 0), size: ByteCount(1), colour: .red,
            inner: Inner(flag: true, share: nil), perhaps: nil, list: [], counts: ["x": 1], any: .null,
            anything: nil)
        let members = try #require(try JSONValueEncoder().encode(value).object)
        let shape = try JSONShape(of: Outer.self)
        let required = shape.members.filter { !$0.isOptional }.map(\.name)
        #expect(Set(required).isSubset(of: members.keys))
        #expect(Set(members.keys).isSubset(of: shape.members.map(\.name)))
    }

    @Test func `a type inside itself ends, and is refused where it cannot be written down`() throws {
        #expect(throws: JSONShapeError.self) { try JSONShape(of: Nest.self) }
        #expect(throws: JSONShapeError.self) { try JSONShape(of: Endless.self) }
    }
}
