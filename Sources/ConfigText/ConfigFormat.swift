import YAML

/// The formats that configurations are written in.
package enum ConfigFormat: String, Sendable, CaseIterable {
    case json
    /// JSON with comments and trailing commas.
    case jsonc
    case toml
    case yaml

    /// Why no text of this format can be read on this machine; nil where one can.
    package var lack: String? {
        guard self == .yaml, let lack = YAMLLibrary.lack else { return nil }
        return "libyaml, which reads YAML, cannot be loaded: \(lack)"
    }

    /// Reads a text of this format.
    ///
    /// Comments in plain JSON are taken as well: they are kept, and whether its reader takes them is its affair.
    package func document(_ bytes: [UInt8]) throws(ConfigTextError) -> any ConfigDocument {
        switch self {
        case .json, .jsonc: return try JSONText(bytes)
        case .toml: return try TOMLText(bytes)
        case .yaml: return try YAMLText(bytes)
        }
    }

    /// A text with nothing but `value` at `path`, to be read and copied by people.
    package func sample(_ path: [String], _ value: ConfigValue) -> String {
        switch self {
        case .yaml: return YAMLSample.text(path, value)
        case .json, .jsonc, .toml:
            // A list of tables stands under the name above: its elements have their names inside.
            if self == .toml, case .list(let elements) = value {
                return elements.map { TOMLText.element($0, of: Array(path.dropLast())) }.joined(
                    separator: "\n")
            }
            // An empty text takes any entry.
            let text = (try? document([]).setting(path, to: value)) ?? []
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Whether a text of blanks alone is one of the format, without any value.
    package var takesBlankText: Bool { self == .toml || self == .yaml }
}
