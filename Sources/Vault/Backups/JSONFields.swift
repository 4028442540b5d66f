import Basics

/// The members of a JSON object of a manifest, with an error that names the member.
struct JSONFields {
    private let members: [String: JSONValue]

    init(_ json: JSONValue) throws(RecordError) {
        guard let members = json.object else { throw RecordError(reason: "a JSON object is missing") }
        self.members = members
    }

    private func value<Value>(_ name: String, _ found: Value?) throws(RecordError) -> Value {
        guard let found else { throw RecordError(reason: "the member \(name) is missing or of another type") }
        return found
    }

    func string(_ name: String) throws(RecordError) -> String { try value(name, members[name]?.string) }

    func int(_ name: String) throws(RecordError) -> Int64 { try value(name, members[name]?.int) }

    /// Nil when the member is `null` or not there.
    func optionalInt(_ name: String) throws(RecordError) -> Int64? {
        guard let member = members[name], !member.isNull else { return nil }
        return try value(name, member.int)
    }

    func count(_ name: String) throws(RecordError) -> Int {
        try value(name, try int(name) >= 0 ? Int(exactly: try int(name)) : nil)
    }

    func bool(_ name: String) throws(RecordError) -> Bool { try value(name, members[name]?.bool) }

    func time(_ name: String) throws(RecordError) -> Timestamp {
        try value(name, Timestamp(try string(name)))
    }

    func array(_ name: String) throws(RecordError) -> [JSONValue] { try value(name, members[name]?.array) }

    func object(_ name: String) throws(RecordError) -> JSONFields {
        try JSONFields(value(name, members[name]))
    }

    /// Nil when the member is `null` or not there.
    func optionalObject(_ name: String) throws(RecordError) -> JSONFields? {
        guard let member = members[name], !member.isNull else { return nil }
        return try JSONFields(member)
    }

    func strings(_ name: String) throws(RecordError) -> [String] {
        var texts: [String] = []
        for element in try array(name) { texts.append(try value(name, element.string)) }
        return texts
    }

    /// A text in the form that `make` reads.
    func parsed<Value>(_ name: String, _ make: (String) -> Value?) throws(RecordError) -> Value {
        try value(name, make(try string(name)))
    }

    /// The same; nil when the member is `null` or not there.
    func optional<Value>(_ name: String, _ make: (String) -> Value?) throws(RecordError) -> Value? {
        guard let member = members[name], !member.isNull else { return nil }
        return try parsed(name, make)
    }

    /// Pieces of content: `[["<object id>", length], …]`.
    func content(_ name: String) throws(RecordError) -> [ContentRef] {
        var pieces: [ContentRef] = []
        for element in try array(name) {
            guard let id = element[0]?.string.flatMap(ObjectID.init(hex:)), let length = element[1]?.int,
                (0...Int64(PackFormat.blockLimit)).contains(length)
            else { throw RecordError(reason: "the member \(name) names no object") }
            pieces.append(ContentRef(id: id, length: Int(length)))
        }
        return pieces
    }
}

extension [ContentRef] {
    /// `[["<object id>", length], …]`.
    var json: JSONValue {
        .array(map { .array([.string($0.id.description), .int(Int64($0.length))]) })
    }
}

extension Timestamp {
    /// RFC 3339 with nanoseconds where there are any.
    var json: JSONValue { .string(string(fractionDigits: nanoseconds % 1_000_000_000 == 0 ? 0 : 9)) }
}
