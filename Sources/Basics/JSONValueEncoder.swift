/// Builds JSON trees from values of `Encodable` types.
///
/// Optional properties that are nil are left out. What JSON cannot hold (infinity, whole numbers beyond 64 bits with
/// sign) is refused, never rounded. A member of type `JSONValue` goes into the tree as it is.
package struct JSONValueEncoder {
    package init() {}

    /// The tree that describes `value`.
    package func encode(_ value: some Encodable) throws(JSONShapeError) -> JSONValue {
        let encoder = JSONTreeEncoder(node: JSONNode(), path: .root)
        do {
            try encoder.box(value)
            return encoder.node.tree
        } catch let error as EncodingError {
            throw JSONShapeError(error)
        } catch {
            throw JSONShapeError(path: "", reason: "\(error)")
        }
    }
}

/// A node of the tree under construction, shared by the containers that fill it.
final class JSONNode {
    /// What has been written to the node so far.
    enum Content {
        case empty
        case leaf(JSONValue)
        case elements([JSONNode])
        case members([String: JSONNode])
    }

    var content: Content = .empty

    /// Hands out the members and leaves none, so that the dictionary has one owner and grows in place.
    func takeMembers() -> [String: JSONNode] {
        defer { content = .empty }
        guard case .members(let nodes) = content else { return [:] }
        return nodes
    }

    /// Hands out the elements and leaves none, so that the array has one owner and grows in place.
    func takeElements() -> [JSONNode] {
        defer { content = .empty }
        guard case .elements(let nodes) = content else { return [] }
        return nodes
    }

    /// The finished tree; null where nothing was written.
    var tree: JSONValue {
        switch content {
        case .empty: .null
        case .leaf(let value): value
        case .elements(let nodes): .array(nodes.map(\.tree))
        case .members(let nodes): .object(nodes.mapValues(\.tree))
        }
    }
}

/// One place of the tree under construction; its own single-value container.
struct JSONTreeEncoder: Encoder, SingleValueEncodingContainer {
    let node: JSONNode
    let path: JSONPath

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONMembersEncoder(node: node, path: path))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONElementsEncoder(node: node, path: path) }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { node.content = .leaf(.null) }

    func encode<T: Encodable>(_ value: T) throws { try box(value) }

    /// Writes `value` here: a leaf directly, anything else by its own `encode(to:)`.
    func box<Value: Encodable>(_ value: Value) throws {
        guard JSONScalars.contains(Value.self), let scalar = value as? any JSONScalar else {
            return try value.encode(to: self)
        }
        guard let json = scalar.json else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON cannot hold the number \(value)")
            )
        }
        node.content = .leaf(json)
    }
}

/// The members of an object under construction.
struct JSONMembersEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let node: JSONNode
    private let path: JSONPath

    init(node: JSONNode, path: JSONPath) {
        self.node = node
        self.path = path
        // A second container of the same object goes on with its members.
        if case .members = node.content { return }
        // Most objects have a few members: growing from one to two to four would hash them again each time.
        node.content = .members(Dictionary(minimumCapacity: 6))
    }

    var codingPath: [any CodingKey] { path.keys }

    func encodeNil(forKey key: Key) { encoder(at: key).encodeNil() }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder(at: key).box(value) }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> {
        encoder(at: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(at: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder(at: JSONKey.superclass) }

    func superEncoder(forKey key: Key) -> any Encoder { encoder(at: key) }

    private func encoder(at key: any CodingKey) -> JSONTreeEncoder {
        var nodes = node.takeMembers()
        let member = nodes[key.stringValue] ?? JSONNode()
        nodes[key.stringValue] = member
        node.content = .members(nodes)
        return JSONTreeEncoder(node: member, path: path.appending(key))
    }
}

/// The elements of an array under construction.
struct JSONElementsEncoder: UnkeyedEncodingContainer {
    private let node: JSONNode
    private let path: JSONPath

    init(node: JSONNode, path: JSONPath) {
        self.node = node
        self.path = path
        if case .elements = node.content { return }
        node.content = .elements([])
    }

    var codingPath: [any CodingKey] { path.keys }

    var count: Int {
        guard case .elements(let nodes) = node.content else { return 0 }
        return nodes.count
    }

    func encodeNil() { next().encodeNil() }

    func encode<T: Encodable>(_ value: T) throws { try next().box(value) }

    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
        next().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }

    func superEncoder() -> any Encoder { next() }

    private func next() -> JSONTreeEncoder {
        let element = JSONTreeEncoder(node: JSONNode(), path: path.appending(count))
        var nodes = node.takeElements()
        nodes.append(element.node)
        node.content = .elements(nodes)
        return element
    }
}
