/// Builds values of `Decodable` types from JSON trees.
///
/// Integers must fit their type exactly (`2.0` counts as `2`), `null` and a missing member both mean nil, members no
/// property asks for are ignored, and a member of type `JSONValue` takes its part of the tree as it is.
package struct JSONValueDecoder {
    package init() {}

    /// The value of `type` that `tree` describes.
    package func decode<T: Decodable>(
        _ type: T.Type = T.self, from tree: JSONValue
    ) throws(JSONShapeError) -> T {
        do {
            return try JSONTreeDecoder(value: tree, path: .root).unbox(type)
        } catch let error as DecodingError {
            throw JSONShapeError(error)
        } catch {
            throw JSONShapeError(path: "", reason: "\(error)")
        }
    }
}

/// One place of the tree being decoded; its own single-value container.
struct JSONTreeDecoder: Decoder, SingleValueDecodingContainer {
    let value: JSONValue
    let path: JSONPath

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.object else { throw mismatch([String: JSONValue].self, "an object") }
        return KeyedDecodingContainer(JSONMembersDecoder(members: members, path: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.array else { throw mismatch([JSONValue].self, "a list") }
        return JSONElementsDecoder(elements: elements, path: path)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value.isNull }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try unbox(type) }

    /// The value here as `type`: a leaf directly, anything else by its own `init(from:)`.
    func unbox<T: Decodable>(_ type: T.Type) throws -> T {
        guard JSONScalars.contains(type), let scalar = type as? any JSONScalar.Type else {
            return try T(from: self)
        }
        guard let result = scalar.init(json: value) as? T else { throw mismatch(type, scalar.expectation) }
        return result
    }

    private func mismatch(_ type: Any.Type, _ expectation: String) -> DecodingError {
        let reason = "expected \(expectation), found \(value.kind)"
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: reason)
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}
