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
    case list([ConfigValue])
    case table([Member])

    /// The same without an order.
    package var json: JSONValue {
        switch self {
        case .flag(let flag): .bool(flag)
        case .integer(let number): .int(number)
        case .text(let text): .string(text)
        case .list(let elements): .array(elements.map(\.json))
        case .table(let members):
            .object(Dictionary(members.map { ($0.name, $0.value.json) }) { first, _ in first })
        }
    }

    /// Whether it goes on one line wherever it stands.
    var isPlain: Bool {
        switch self {
        case .flag, .integer, .text: true
        case .list(let elements): elements.allSatisfy(\.isPlain)
        case .table: false
        }
    }
}
