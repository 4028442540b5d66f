package import Basics

/// A value to be written into a configuration: of the kinds that entries need, its members in order.
package indirect enum ConfigValue: Sendable, Equatable {
    /// A named part of a table.
    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: ConfigValue

        package init(_ name: String, _ value: ConfigValue) {
            self.name = name
            self.value = value
        }
    }

    case flag(Bool)
    case integer(Int64)
    case text(String)
    /// A number with a fraction, or JSON's null.
    case scalar(JSONValue)
    case list([ConfigValue])
    case table([Member])
    /// What stands in another text of the format, as it is written there, without the indentation of its first line.
    case written(String, means: JSONValue)

    /// The same without an order.
    package var json: JSONValue {
        switch self {
        case .flag(let flag): .bool(flag)
        case .integer(let number): .int(number)
        case .text(let text): .string(text)
        case .scalar(let value): value
        case .written(_, let value): value
        case .list(let elements): .array(elements.map(\.json))
        case .table(let members):
            .object(Dictionary(members.map { ($0.name, $0.value.json) }) { first, _ in first })
        }
    }

    /// Whether it goes on one line wherever it stands.
    var isPlain: Bool {
        switch self {
        case .flag, .integer, .scalar, .text: true
        case .written(let text, _): !text.contains("\n")
        case .list(let elements): elements.allSatisfy(\.isPlain)
        case .table: false
        }
    }
}

extension ConfigValue {
    /// The value with its members in the order that `names` gives; others behind them, sorted.
    init(_ json: JSONValue, at path: [String] = [], names: ([String]) -> [String]) {
        switch json {
        case .bool(let flag): self = .flag(flag)
        case .int(let number): self = .integer(number)
        case .string(let text): self = .text(text)
        case .null, .double: self = .scalar(json)
        case .array(let elements):
            self = .list(elements.map { ConfigValue($0, at: path) { _ in [] } })
        case .object(let members):
            var order: [String] = []
            for name in names(path) + members.keys.sorted() where !order.contains(name) { order.append(name) }
            self = .table(
                order.compactMap { name in
                    members[name].map { Member(name, ConfigValue($0, at: path + [name], names: names)) }
                })
        }
    }
}

extension JSONValue {
    /// What lies at a path of names; nil where nothing does.
    /// - Throws: `unsupported` where something on the way is no table.
    func value(at path: [String]) throws(ConfigTextError) -> JSONValue? {
        var value: JSONValue? = self
        for (index, name) in path.enumerated() {
            guard let present = value else { return nil }
            guard let members = present.object else {
                throw ConfigTextError(
                    .unsupported, "‘\(path.prefix(index).joined(separator: "."))’ is no table")
            }
            value = members[name]
        }
        return value
    }
}
