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
    /// How the device listed its files before it sent them; nil when it did not.
    package var listing: Listing?

    /// What the next reading needs for telling what changed.
    package struct Listing: Sendable, Equatable {
        /// When it began, in seconds since 1970 by the device's clock.
        package var began: Int64
        /// The rest of that second in nanoseconds; nil where it is not known.
        package var nanoseconds: Int64?
        /// Digest of the listed configuration; nil where it would not be sure that all of it is in this backup.
        package var digest: String?

        package init(began: Int64, nanoseconds: Int64? = nil, digest: String?) {
            self.began = began
            self.nanoseconds = nanoseconds
            self.digest = digest
        }

        var json: JSONValue {
            .object([
                "began": .int(began), "nanoseconds": nanoseconds.map { .int($0) } ?? .null,
                "digest": digest.map { .string($0) } ?? .null,
            ])
        }

        init(_ json: JSONFields) throws(RecordError) {
            began = try json.int("began")
            nanoseconds = try json.optionalInt("nanoseconds")
            digest = try json.optional("digest", \.self)
        }
    }

    package var id: BackupID { summary.id }

    /// The second part of the file.
    var details: JSONValue {
        .object([
            "sections": .array(sections.map(\.json)),
            "notCovered": .array(notCovered.map { .string($0) }),
            "tree": .string(tree.description), "listing": listing?.json ?? .null,
        ])
    }

    init(
        summary: BackupSummary, sections: [SectionRecord], notCovered: [String], tree: ObjectID,
        listing: Listing? = nil
    ) {
        self.listing = listing
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
        listing = try details.optionalObject("listing").map { (fields) throws(RecordError) in
            try Listing(fields)
        }
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
    /// See `Manifest.listing`.
    package var listing: Manifest.Listing?

    package init(
        name: String = "", device: BackupDevice, started: Timestamp, finished: Timestamp,
        status: BackupSummary.Status, tool: String, parent: BackupID? = nil, sections: [SectionRecord] = [],
        notCovered: [String] = [], entries: [FileEntry] = [],
        scope: BackupScope? = nil, listing: Manifest.Listing? = nil
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
        self.listing = listing
    }
}
