package import Basics

/// A backup: its summary, its sections, what it does not cover, and the root of its tree.
///
/// Never changes once written.
package struct Manifest: Sendable, Equatable {
    /// Version of the manifest's form; a reader refuses a newer one.
    package static let format: Int64 = 1

    package var summary: BackupSummary
    /// In the order in which they were read; entries name them by index.
    package var sections: [SectionRecord]
    /// Sentences and paths: what belongs to the device and is not in the backup.
    package var notCovered: [String]
    /// The list of tree segments.
    package var tree: ObjectID

    package var id: BackupID { summary.id }

    /// The second part of the file.
    var details: JSONValue {
        .object([
            "sections": .array(sections.map(\.json)),
            "notCovered": .array(notCovered.map { .string($0) }),
            "tree": .string(tree.description),
        ])
    }

    init(summary: BackupSummary, sections: [SectionRecord], notCovered: [String], tree: ObjectID) {
        self.summary = summary
        self.sections = sections
        self.notCovered = notCovered
        self.tree = tree
    }

    init(summary: BackupSummary, details: JSONFields) throws(RecordError) {
        self.summary = summary
        sections = []
        for element in try details.array("sections") {
            sections.append(try SectionRecord(JSONFields(element)))
        }
        notCovered = try details.strings("notCovered")
        tree = try details.parsed("tree", ObjectID.init(hex:))
    }
}

/// A backup that is about to be committed.
package struct BackupDraft: Sendable {
    /// Free text by the person who asked for it; may be empty.
    package var name: String
    package var device: BackupDevice
    package var started: Timestamp
    package var finished: Timestamp
    package var status: BackupSummary.Status
    /// Version of the program.
    package var tool: String
    /// The backup whose unchanged entries are taken over.
    package var parent: BackupID?
    package var sections: [SectionRecord]
    package var notCovered: [String]
    /// In any order; their contents must have been stored by the same writer or be in the vault already.
    package var entries: [FileEntry]
    /// What was asked for.
    package var scope: BackupScope?

    package init(
        name: String = "", device: BackupDevice, started: Timestamp, finished: Timestamp,
        status: BackupSummary.Status, tool: String, parent: BackupID? = nil, sections: [SectionRecord] = [],
        notCovered: [String] = [], entries: [FileEntry] = [],
        scope: BackupScope? = nil
    ) {
        self.name = name
        self.device = device
        self.started = started
        self.finished = finished
        self.status = status
        self.tool = tool
        self.parent = parent
        self.sections = sections
        self.notCovered = notCovered
        self.entries = entries
        self.scope = scope
    }
}
