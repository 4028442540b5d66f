/// A type that is one leaf of a JSON tree, read and written without a container.
protocol JSONScalar {
    /// What this type expects in a tree, for messages: `a string`.
    static var expectation: String { get }
    /// Nil when `value` is of another kind or out of this type's range.
    init?(json value: JSONValue)
    /// Nil when JSON cannot hold the value.
    var json: JSONValue? { get }
}

/// The types that are one.
///
/// Whether another one conforms the language finds out by a look at every conformance of the program.
enum JSONScalars {
    private static let all: Set<ObjectIdentifier> = Set(
        [
            Int.self, Int8.self, Int16.self, Int32.self, Int64.self, UInt.self, UInt8.self, UInt16.self,
            UInt32.self, UInt64.self, Double.self, Float.self, Bool.self, String.self, JSONValue.self,
        ].map { (type: any JSONScalar.Type) in ObjectIdentifier(type) })

    /// Whether a type is one.
    static func contains(_ type: any Any.Type) -> Bool { all.contains(ObjectIdentifier(type)) }
}

extension JSONScalar where Self: FixedWidthInteger {
    static var expectation: String {
        Self.bitWidth < 64 ? "a whole number from \(min) to \(max)" : "a whole number"
    }

    init?(json value: JSONValue) {
        guard let number = value.int else { return nil }
        self.init(exactly: number)
    }

    var json: JSONValue? { Int64(exactly: self).map(JSONValue.int) }
}

extension JSONScalar where Self: BinaryFloatingPoint {
    static var expectation: String { "a number" }

    init?(json value: JSONValue) {
        guard let number = value.double else { return nil }
        self.init(number)
    }

    var json: JSONValue? { isFinite ? .double(Double(self)) : nil }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}
extension Double: JSONScalar {}
extension Float: JSONScalar {}

extension Bool: JSONScalar {
    static var expectation: String { "true or false" }

    init?(json value: JSONValue) {
        guard let flag = value.bool else { return nil }
        self = flag
    }

    var json: JSONValue? { .bool(self) }
}

extension String: JSONScalar {
    static var expectation: String { "a string" }

    init?(json value: JSONValue) {
        guard let text = value.string else { return nil }
        self = text
    }

    var json: JSONValue? { .string(self) }
}

extension JSONValue: JSONScalar {
    static var expectation: String { "any value" }

    init?(json value: JSONValue) { self = value }

    var json: JSONValue? { self }
}

extension JSONValue {
    /// The kind of this value in words, for messages: `a list`.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): "the number \(number)"
        case .double(let number): "the number \(number)"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
