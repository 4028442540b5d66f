/// The header fields of a message, in their order; names are kept in lower case, as their case means nothing.
public struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field.
    public struct Field: Sendable, Equatable {
        /// Lower case.
        public let name: String
        /// Without the white space around it.
        public let value: String
    }

    /// All fields in their order.
    public private(set) var all: [Field] = []

    /// No fields.
    public init() {}

    /// Fields by names and values, in their order.
    public init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields { append(name, value) }
    }

    /// Adds a field behind those that are there, also behind one of the same name.
    public mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: name.lowercased(), value: value))
    }

    /// Makes room for as many fields.
    mutating func reserve(_ count: Int) { all.reserveCapacity(count) }

    /// Adds a field whose name is in lower case already.
    mutating func append(lowercased name: String, _ value: String) {
        all.append(Field(name: name, value: value))
    }

    /// Puts a field in the place of all of that name.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Takes all fields of that name out.
    public mutating func remove(_ name: String) {
        let name = name.lowercased()
        all.removeAll { $0.name == name }
    }

    /// The value of the first field of that name; nil when there is none.
    ///
    /// `name` must be in lower case.
    public subscript(_ name: String) -> String? { all.first { $0.name == name }?.value }

    /// The values of all fields of that name, in their order.
    ///
    /// `name` must be in lower case.
    public func values(of name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

    /// The members of a list that may be spread over several fields, separated by commas; empty ones are left out.
    ///
    /// Only for lists whose members hold no quoted commas. `name` must be in lower case.
    public func members(of name: String) -> [String] {
        values(of: name).flatMap { $0.split(separator: ",") }.map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    /// The text without blanks and tabs at both ends.
    var trimmed: String {
        var rest = Substring(self).utf8
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return String(Substring(rest))
    }
}
