/// A part of a system that belongs together: which paths it has, how they are checked, and what makes a change work.
///
/// A new area is a line in `RestoreArea.all`.
package struct RestoreArea: Sendable, Equatable {
    /// One check of what is in place, without using it.
    package struct Validator: Sendable, Equatable {
        /// Program without which it does not run.
        package let tool: String
        /// Shell text; a status other than 0 refuses the restore.
        package let script: String
        /// Whether the script takes as words the files that come or change, each followed by where its former state lies,
        /// or by an empty word.
        package let wantsFiles: Bool

        package init(_ tool: String, _ script: String, wantsFiles: Bool = false) {
            self.tool = tool
            self.script = script
            self.wantsFiles = wantsFiles
        }
    }

    package let name: String
    /// Absolute paths: files, or folders with all below them when they end in `/`.
    package let paths: [String]
    private let patterns: [[UInt8]]
    package let risk: RestoreStep.Risk
    /// Whether a mistake here may lock everybody out.
    package let mayCutConnection: Bool
    package let validators: [Validator]
    /// Units of which the first one that is active is reloaded, and must be active afterwards.
    package let units: [String]
    /// Units that load what lies here, or throw it away, as they start and stop.
    package let loaders: [String]
    /// Shell text that makes the change work where systemd runs; empty when nothing needs to be done.
    package let activation: String
    /// The same for machines without systemd.
    package let plainActivation: String

    package init(
        _ name: String, paths: [String], risk: RestoreStep.Risk = .medium, mayCutConnection: Bool = false,
        validators: [Validator] = [], units: [String] = [], loaders: [String] = [], activation: String = "",
        plainActivation: String = ""
    ) {
        self.name = name
        self.paths = paths
        patterns = paths.map { Array($0.utf8) }
        self.risk = risk
        self.mayCutConnection = mayCutConnection
        self.validators = validators
        self.units = units
        self.loaders = loaders
        self.activation = activation
        self.plainActivation = plainActivation
    }

    /// Whether `path` belongs to the area.
    package func covers(_ path: [UInt8]) -> Bool {
        patterns.contains { pattern in
            guard pattern.last == UInt8(ascii: "/") else { return path == pattern }
            return path.starts(with: pattern) || path.count == pattern.count - 1 && pattern.starts(with: path)
        }
    }

    /// The areas that `path` belongs to, in the order in which they are made to work.
    package static func of(_ path: [UInt8]) -> [RestoreArea] { all.filter { $0.covers(path) } }
}
