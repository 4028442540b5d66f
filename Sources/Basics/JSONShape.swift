/// What JSON a `Codable` type becomes: derived from the type itself, so that it cannot say anything else than the type.
package indirect enum JSONShape: Sendable, Equatable {
    case flag
    case integer
    case number
    /// Text; `format` names its form as JSON Schema does (`date-time`), empty for any.
    case text(format: String)
    /// One of these texts.
    case choice([String])
    case list(JSONShape)
    /// An object whose keys are data.
    case map(JSONShape)
    /// An object with named members, in the order of the type's properties.
    case record([Member])
    /// Any JSON.
    case anything

    /// A named member of an object.
    package struct Member: Sendable, Equatable {
        package let name: String
        package let shape: JSONShape
        /// Left out where there is no value.
        package let isOptional: Bool

        package init(_ name: String, _ shape: JSONShape, isOptional: Bool = false) {
            self.name = name
            self.shape = shape
            self.isOptional = isOptional
        }
    }

    /// The members of a record; empty for anything else.
    package var members: [Member] {
        guard case .record(let members) = self else { return [] }
        return members
    }

    /// The shape of `type`.
    /// - Throws: where the type reads its JSON in a way that cannot be followed; it then conforms to `JSONShaped`.
    package init<T: Decodable>(of type: T.Type) throws(JSONShapeError) { try self.init(of: type, depth: 0) }

    /// - Parameter depth: how many types lie around this one.
    init<T: Decodable>(of type: T.Type, depth: Int) throws(JSONShapeError) {
        let node = ShapeNode()
        do {
            let decoder = ShapeDecoder(node: node, path: .root, depth: depth)
            _ = try decoder.sample(of: type)
        } catch let error as DecodingError {
            throw JSONShapeError(error)
        } catch { throw JSONShapeError(path: "", reason: "\(error)") }
        self = node.shape
    }
}

/// A type that says itself what JSON it becomes, as following its `init(from:)` would not tell.
package protocol JSONShaped {
    /// - Parameter depth: how many types lie around this one.
    static func jsonShape(at depth: Int) throws(JSONShapeError) -> JSONShape
    /// Any value of the type.
    static var jsonSample: Self { get }
}

extension Timestamp: JSONShaped {
    package static func jsonShape(at depth: Int) -> JSONShape { .text(format: "date-time") }
    package static var jsonSample: Timestamp { Timestamp(seconds: 0) }
}

extension Array: JSONShaped where Element: Decodable {
    package static func jsonShape(at depth: Int) throws(JSONShapeError) -> JSONShape {
        .list(try JSONShape(of: Element.self, depth: depth + 1))
    }

    package static var jsonSample: [Element] { [] }
}

extension Dictionary: JSONShaped where Key == String, Value: Decodable {
    package static func jsonShape(at depth: Int) throws(JSONShapeError) -> JSONShape {
        .map(try JSONShape(of: Value.self, depth: depth + 1))
    }

    package static var jsonSample: [String: Value] { [:] }
}
