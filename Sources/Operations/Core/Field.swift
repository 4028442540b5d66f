/// One parameter of an operation: its value, whether it must be given, and its words.
///
///     @Field("Devices to back up; all paths of one are read in one connection.", .operand) var device: [DeviceName] = []
///     @Field("A label for people.", placeholder: "TEXT") var name: String?
///
/// A field without default that is no optional must be given.
@propertyWrapper
package struct Field<Value: FieldValue>: Sendable {
    private var stored: Value?
    package let description: FieldDescription

    /// A field with a default.
    package init(
        wrappedValue: Value, _ help: String, _ style: FieldStyle = .option, placeholder: String? = nil,
        short: Character? = nil
    ) {
        stored = wrappedValue
        description = FieldDescription(
            help: help, style: style, placeholder: placeholder, short: short, kind: Value.kind,
            isRequired: false)
    }

    /// A field without default: must be given, unless its type is an optional.
    package init(
        _ help: String, _ style: FieldStyle = .option, placeholder: String? = nil, short: Character? = nil
    ) {
        stored = Value.absent
        description = FieldDescription(
            help: help, style: style, placeholder: placeholder, short: short, kind: Value.kind,
            isRequired: Value.absent == nil)
    }

    package var wrappedValue: Value {
        get {
            guard let stored else { preconditionFailure("a required field was read before it was decoded") }
            return stored
        }
        set { stored = newValue }
    }
}

extension Field: Codable {
    package init(from decoder: any Decoder) throws {
        stored = try Value(from: decoder)
        description = FieldDescription(
            help: "", style: .option, placeholder: nil, short: nil, kind: Value.kind, isRequired: false)
    }

    package func encode(to encoder: any Encoder) throws {
        if let stored {
            try stored.encode(to: encoder)
        } else {
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        }
    }
}

/// How a field is given on a command line.
package enum FieldStyle: Sendable, Equatable {
    /// `--name VALUE`, or `--name` for a flag.
    case option
    /// By position, after the verb. Lists take all that remain.
    case operand
}

/// What kind of text or value a field takes.
package indirect enum FieldKind: Sendable, Equatable {
    case flag
    case integer
    /// Free text; `format` names what it must be, for example `device`, `time`, `bytes`, `path`; empty for anything.
    case text(format: String)
    case choice([String])
    case list(FieldKind)
}

/// The words and rules of one field, as every surface renders them.
package struct FieldDescription: Sendable, Equatable {
    /// What it means, as a sentence.
    package let help: String
    package let style: FieldStyle
    /// The word that stands for the value in help, upper case; derived from the field's name when nil.
    package let placeholder: String?
    /// The one-letter option, where there is one.
    package let short: Character?
    package let kind: FieldKind
    package let isRequired: Bool
}

/// A type that fields can hold.
package protocol FieldValue: Codable, Sendable {
    static var kind: FieldKind { get }
    /// What the field holds when nothing is given; nil when something must be given.
    static var absent: Self? { get }
}

extension FieldValue {
    package static var absent: Self? { nil }
}

extension Bool: FieldValue {
    package static var kind: FieldKind { .flag }
}

extension Int: FieldValue {
    package static var kind: FieldKind { .integer }
}

extension String: FieldValue {
    package static var kind: FieldKind { .text(format: "") }
}

extension Array: FieldValue where Element: FieldValue {
    package static var kind: FieldKind { .list(Element.kind) }
    package static var absent: [Element]? { [] }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    package static var kind: FieldKind { Wrapped.kind }
    package static var absent: Wrapped?? { .some(nil) }
}

extension FieldValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    package static var kind: FieldKind { .choice(allCases.map(\.rawValue)) }
}
