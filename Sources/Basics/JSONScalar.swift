/// A type that is one leaf of a JSON tree, read and written without a container.
protocol JSONScalar {
    /// What this type expects in a tree, for messages: `a string`.
    static var expectation: String { get }
    /// Nil when `value` is of another kind or out of this type's range.
    init?(json value: JSONValue)
    /// Nil when JSON cannot hold the value.
    var json: JSONValue? { get }
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
