package import Basics

/// What the newest drill of a backup found: a restore into a scratch folder, compared and checked.
package struct DrillRecord: Sendable, Equatable {
    /// Most failures that are kept, and their longest text in characters.
    private static let failureLimit = 20
    private static let textLimit = 500

    package var when: Timestamp
    /// How long it took.
    package var elapsed: Duration
    /// Whether no check failed.
    package var isGood: Bool
    /// The sections it was limited to; none when it was of the whole backup.
    package var sections: [String]
    /// Files, folders and links that were restored.
    package var files: Int
    /// Their bytes.
    package var bytes: Int64
    /// Checks made, those that failed, and those that this machine could not make.
    package var checks: Int
    package var failed: Int
    package var notChecked: Int
    /// What failed, as sentences; the first ones when there are many.
    package var failures: [String]

    package init(
        when: Timestamp, elapsed: Duration, isGood: Bool, sections: [String], files: Int, bytes: Int64,
        checks: Int, failed: Int, notChecked: Int, failures: [String]
    ) {
        self.when = when
        self.elapsed = elapsed
        self.isGood = isGood
        self.sections = sections
        self.files = files
        self.bytes = bytes
        self.checks = checks
        self.failed = failed
        self.notChecked = notChecked
        self.failures = failures.prefix(Self.failureLimit).map { String($0.prefix(Self.textLimit)) }
    }

    /// Whether it proves the backup: the whole of it was restored, and nothing was wrong.
    package var isProof: Bool { isGood && sections.isEmpty }

    /// Whether this is to be shown instead of `older`, so that a lesser drill never hides what a greater one found.
    ///
    /// A failure always counts. It is taken back by a drill of all that had failed; a proof gives way to one that left
    /// no more unchecked.
    func replaces(_ older: DrillRecord?) -> Bool {
        guard let older, isGood else { return true }
        if older.isProof { return isProof && notChecked <= older.notChecked }
        let coversOlder =
            sections.isEmpty || !older.sections.isEmpty && Set(older.sections).isSubset(of: sections)
        return older.isGood || coversOlder
    }

    var json: JSONValue {
        let milliseconds =
            elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000
        return .object([
            "when": when.json, "milliseconds": .int(milliseconds), "good": .bool(isGood),
            "sections": .array(sections.map { .string($0) }), "files": .int(Int64(files)),
            "bytes": .int(bytes), "checks": .int(Int64(checks)), "failed": .int(Int64(failed)),
            "notChecked": .int(Int64(notChecked)), "failures": .array(failures.map { .string($0) }),
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        when = try json.time("when")
        elapsed = .milliseconds(try json.int("milliseconds"))
        isGood = try json.bool("good")
        sections = try json.strings("sections")
        files = try json.count("files")
        bytes = try json.int("bytes")
        checks = try json.count("checks")
        failed = try json.count("failed")
        notChecked = try json.count("notChecked")
        failures = try json.strings("failures")
    }
}

extension Vault {
    /// Keeps what a drill of a backup found, unless a greater one said more.
    /// - Returns: whether it was kept.
    /// - Throws: `notFound`, `damaged`, `full`, `unavailable`.
    @discardableResult
    package func keep(_ drill: DrillRecord, of id: BackupID) throws(VaultError) -> Bool {
        try require(id)
        guard drill.replaces(try markFiles.marks(id).drill) else { return false }
        try markFiles.write(drill.json, id, .drill)
        return true
    }
}
