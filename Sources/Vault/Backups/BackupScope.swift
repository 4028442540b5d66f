import Basics

/// How much of a device a backup was asked to hold.
package struct BackupScope: Sendable, Equatable {
    /// The only sections that were asked for; empty for all there are.
    package var only: [String]
    /// Sections that were left out on purpose.
    package var skipped: [String]
    /// Whether application data was asked for as well.
    package var hasData: Bool
    /// Whether paths that a person named were asked for.
    package var hasPaths: Bool

    package init(only: [String] = [], skipped: [String] = [], hasData: Bool = false, hasPaths: Bool = false) {
        self.only = only
        self.skipped = skipped
        self.hasData = hasData
        self.hasPaths = hasPaths
    }

    /// How far a scope reaches.
    package enum Breadth: Int, Sendable, Comparable {
        /// Named sections alone.
        case named
        /// Everything but named sections.
        case reduced
        /// Everything that is known of a device.
        case full

        package static func < (left: Breadth, right: Breadth) -> Bool { left.rawValue < right.rawValue }
    }

    /// How far it reaches.
    package var breadth: Breadth { !only.isEmpty ? .named : skipped.isEmpty ? .full : .reduced }

    /// Names that a list has room for; of more the first three are told.
    private static let toldNames = 6

    /// For lists: `all`, `all +data +paths`, `all but nginx`, `only identity, users`, `only apache, caddy, compose and 41 more`.
    package var words: String {
        var words = only.isEmpty ? "all" : "only " + Self.told(only.filter { !skipped.contains($0) })
        if only.isEmpty, !skipped.isEmpty { words += " but " + Self.told(skipped) }
        return words + (hasData ? " +data" : "") + (hasPaths ? " +paths" : "")
    }

    private static func told(_ names: [String]) -> String {
        guard names.count > toldNames else { return names.joined(separator: ", ") }
        return names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }

    var json: JSONValue {
        .object([
            "only": .array(only.map { .string($0) }), "skipped": .array(skipped.map { .string($0) }),
            "data": .bool(hasData), "paths": .bool(hasPaths),
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        only = try json.strings("only")
        skipped = try json.strings("skipped")
        hasData = try json.bool("data")
        hasPaths = try json.bool("paths")
    }
}
