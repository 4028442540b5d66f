package import Basics

/// Everything a rebuild plan is made from: what one backup holds, and where data lies that it does not hold.
package struct RebuildFacts: Sendable {
    /// One thing of an inventory.
    package struct Thing: Sendable {
        package let kind: String
        package let name: String
        package let fields: [String: JSONValue]

        package init(kind: String, name: String, fields: [String: JSONValue]) {
            self.kind = kind
            self.name = name
            self.fields = fields
        }
    }

    /// One section of the backup.
    package struct Section: Sendable {
        package let name: String
        /// `ok`, `partial`, `absent`, `denied` or `failed`.
        package let status: String
        /// Why the status is not `ok`.
        package let reason: String
        /// What would make it `ok` next time.
        package let hint: String
        package let things: [Thing]
        /// Absolute paths of its files and links.
        package let paths: [String]
        package let bytes: Int64

        package init(
            name: String, status: String, reason: String = "", hint: String = "", things: [Thing] = [],
            paths: [String] = [], bytes: Int64 = 0
        ) {
            self.name = name
            self.status = status
            self.reason = reason
            self.hint = hint
            self.things = things
            self.paths = paths
            self.bytes = bytes
        }
    }

    /// Data of applications, perhaps in another backup of the same device.
    package struct Holding: Sendable {
        /// The section that holds it: `container-data`, `lxd-data`, `incus-data`, `paths`.
        package let section: String
        package let backup: String
        package let taken: Timestamp
        /// `ok` or `partial`.
        package let status: String
        package let bytes: Int64
        /// Folders and files that have entries there.
        package let paths: Set<String>

        package init(
            section: String, backup: String, taken: Timestamp, status: String, bytes: Int64,
            paths: Set<String>
        ) {
            self.section = section
            self.backup = backup
            self.taken = taken
            self.status = status
            self.bytes = bytes
            self.paths = paths
        }
    }

    package let device: String
    package let backup: String
    package let taken: Timestamp
    /// What the last drill says: `proven 3 d`, `never`.
    package let proof: String
    /// The backup does not hold everything that is needed to call it full; empty when it does.
    package let warning: String
    package let sections: [Section]
    /// Sentences of the manifest.
    package let notCovered: [String]
    package let holdings: [Holding]

    package init(
        device: String, backup: String, taken: Timestamp, proof: String, warning: String = "",
        sections: [Section], notCovered: [String] = [], holdings: [Holding] = []
    ) {
        self.device = device
        self.backup = backup
        self.taken = taken
        self.proof = proof
        self.warning = warning
        self.sections = sections
        self.notCovered = notCovered
        self.holdings = holdings
    }

    /// The section of that name; nil when the backup has none.
    func section(_ name: String) -> Section? { sections.first { $0.name == name } }

    /// Things of one kind, sorted by name.
    func things(_ section: String, _ kind: String) -> [Thing] {
        (self.section(section)?.things ?? []).filter { $0.kind == kind }.sorted { $0.name < $1.name }
    }
}

extension RebuildFacts.Thing {
    func text(_ field: String) -> String { fields[field]?.string ?? "" }

    func flag(_ field: String) -> Bool { fields[field]?.bool ?? false }

    func texts(_ field: String) -> [String] { (fields[field]?.array ?? []).compactMap(\.string) }
}
