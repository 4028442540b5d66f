package import Basics
import YAML

/// The text of a YAML configuration, which is read and never changed.
package struct YAMLText: ConfigDocument {
    private let tree: JSONValue
    package let literals: [ConfigLiteral]

    /// Reads it whole.
    package init(_ bytes: [UInt8]) throws(ConfigTextError) {
        guard !bytes.contains(0) else { throw ConfigTextError(.unreadable, "it has bytes that are no text") }
        let scalars: [YAMLScalar]
        do { (tree, scalars) = try YAMLReader.read(bytes) } catch {
            throw ConfigTextError(.unreadable, error.reason, line: error.line)
        }
        literals = scalars.map {
            ConfigLiteral($0.range, $0.text, $0.isName ? .name : $0.isText ? .text : .other)
        }
        guard tree.object != nil || tree == .null else {
            throw ConfigTextError(.unreadable, "the outermost value is no table")
        }
    }

    package func value(at path: [String]) throws(ConfigTextError) -> JSONValue? {
        // `nil` in the place of a value of JSON would be its null.
        guard tree != .null || path.isEmpty else { return JSONValue?.none }
        return try tree.value(at: path)
    }

    package func entry(at path: [String]) throws(ConfigTextError) -> ConfigValue? {
        try value(at: path).map { ConfigValue($0) { _ in [] } }
    }

    package func written(at path: [String]) throws(ConfigTextError) -> ConfigValue? { throw Self.unchanged }

    package func setting(_ path: [String], to value: ConfigValue) throws(ConfigTextError) -> [UInt8] {
        throw Self.unchanged
    }

    package func removing(_ path: [String]) throws(ConfigTextError) -> [UInt8] { throw Self.unchanged }

    private static let unchanged = ConfigTextError(.unsupported, "texts in YAML are not changed here")
}
