/// What has been found out about one place of a tree.
final class ShapeNode {
    var shape: JSONShape = .anything

    /// Adds a member to the object here; what is asked for twice counts once.
    func add(_ member: JSONShape.Member) {
        guard !shape.members.contains(where: { $0.name == member.name }) else { return }
        shape = .record(shape.members + [member])
    }
}

/// A decoder without anything to decode: it hands out sample values and notes what was asked for.
struct ShapeDecoder: Decoder, SingleValueDecodingContainer {
    /// Types nested deeper than this refer to themselves.
    private static let depthLimit = 32

    let node: ShapeNode
    let path: JSONPath
    /// How many types lie around this place.
    let depth: Int

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        node.shape = .record(node.shape.members)
        return KeyedDecodingContainer(ShapeMembers(node: node, path: path, depth: depth))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw untold("a list of its own form") }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try sample(of: type) }

    /// A value of `type`, whose shape is noted here.
    func sample<T: Decodable>(of type: T.Type) throws -> T {
        guard depth < Self.depthLimit else { throw untold("a type that holds itself") }
        if let shaped = type as? any JSONShaped.Type {
            node.shape = try shaped.jsonShape(at: depth)
            if let sample = shaped.jsonSample as? T { return sample }
        }
        if let named = type as? any (CaseIterable & RawRepresentable).Type,
            let (words, first) = Self.cases(of: named), let sample = first as? T
        {
            node.shape = .choice(words)
            return sample
        }
        if let scalar = type as? any JSONScalar.Type, let sample = try scalarSample(scalar) as? T {
            return sample
        }
        return try T(from: self)
    }

    private func scalarSample(_ type: any JSONScalar.Type) throws -> any JSONScalar {
        let candidates: [(JSONShape, JSONValue)] = [
            (.flag, .bool(false)), (.text(format: ""), .string("")), (.integer, .int(0)),
        ]
        // A tree takes any of them and is none.
        if type is JSONValue.Type {
            node.shape = .anything
            return JSONValue.null
        }
        for (shape, json) in candidates {
            guard let sample = type.init(json: json) else { continue }
            node.shape = sample is any BinaryFloatingPoint ? .number : shape
            return sample
        }
        throw untold("a value of unknown kind")
    }

    private static func cases<T: CaseIterable & RawRepresentable>(of type: T.Type) -> ([String], T)? {
        let words = type.allCases.compactMap { $0.rawValue as? String }
        guard let first = type.allCases.first, words.count == type.allCases.count else { return nil }
        return (words, first)
    }

    fileprivate func untold(_ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "the shape cannot be told of \(what)"))
    }
}

/// The members that a type asks its object for.
private struct ShapeMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: ShapeNode
    let path: JSONPath
    let depth: Int

    var codingPath: [any CodingKey] { path.keys }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try sample(of: type, at: key, isOptional: false)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try optional(type, key)
    }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        try sample(of: type, at: key, isOptional: true)
    }

    // The protocol asks for each of these by itself, and its own answer would be that the member must be there.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try optional(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try optional(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        throw decoder(at: key).untold("an object inside an object of one type")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw decoder(at: key).untold("a list inside an object of one type")
    }

    func superDecoder() throws -> any Decoder { throw decoder(at: JSONKey.superclass).untold("a superclass") }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        throw decoder(at: key).untold("a superclass")
    }

    private func decoder(at key: any CodingKey) -> ShapeDecoder {
        ShapeDecoder(node: ShapeNode(), path: path.appending(key), depth: depth + 1)
    }

    private func sample<T: Decodable>(of type: T.Type, at key: Key, isOptional: Bool) throws -> T {
        let inner = decoder(at: key)
        let sample = try inner.sample(of: type)
        node.add(JSONShape.Member(key.stringValue, inner.node.shape, isOptional: isOptional))
        return sample
    }
}
