package import Basics
import Codecs

/// A person's wish to keep a backup whatever the retention rules say.
package struct Pin: Sendable, Equatable {
    package var note: String
    package var since: Timestamp

    package init(note: String, since: Timestamp) {
        self.note = note
        self.since = since
    }
}

/// What the newest verification of a backup found.
package struct Evidence: Sendable, Equatable {
    /// How much was read.
    package enum Extent: Sendable, Equatable {
        /// Every object.
        case full
        /// A random part: 1…100 percent of the objects.
        case sample(percent: Int)
    }

    package var when: Timestamp
    package var extent: Extent
    /// Whether everything that was read was right.
    package var isGood: Bool
    /// Objects read.
    package var objects: Int
    /// Their bytes of plain text.
    package var bytes: Int64
    /// How many problems were found.
    package var problems: Int

    package init(
        when: Timestamp, extent: Extent, isGood: Bool, objects: Int, bytes: Int64, problems: Int
    ) {
        self.when = when
        self.extent = extent
        self.isGood = isGood
        self.objects = objects
        self.bytes = bytes
        self.problems = problems
    }
}

/// What is marked on one backup.
package struct Marks: Sendable, Equatable {
    package var pin: Pin?
    package var evidence: Evidence?
    package var drill: DrillRecord?

    package init(pin: Pin? = nil, evidence: Evidence? = nil, drill: DrillRecord? = nil) {
        self.pin = pin
        self.evidence = evidence
        self.drill = drill
    }
}

/// The small sealed files in `marks/`.
struct MarkFiles: Sendable {
    /// The sorts of marks.
    enum Sort: String, CaseIterable {
        case pin
        case verified
        case drill
    }

    let files: any VaultFiles
    private let sealed: SealedFile

    init(files: any VaultFiles, keys: VaultKeys) {
        self.files = files
        sealed = SealedFile(magic: "HFMARKS1", sealer: keys.marks)
    }

    static func name(_ id: BackupID, _ sort: Sort) -> String { "\(id.text).\(sort.rawValue)" }

    static func path(_ id: BackupID, _ sort: Sort) -> String { "\(VaultPath.marks)/\(name(id, sort))" }

    /// Nil when there is no such mark.
    /// - Throws: `damaged`.
    func read(_ id: BackupID, _ sort: Sort) throws(VaultError) -> JSONValue? {
        let path = Self.path(id, sort)
        let bytes: [UInt8]
        do { bytes = try files.read(path) } catch  where error.code == .notFound { return nil }
        let plain = try sealed.decode(bytes, name: Self.name(id, sort), path: path)
        do { return try JSONParser.parse(plain) } catch { throw .damaged(path, "\(error)") }
    }

    func write(_ json: JSONValue, _ id: BackupID, _ sort: Sort) throws(VaultError) {
        let bytes = sealed.encode(JSONWriter.bytes(json), name: Self.name(id, sort))
        try files.writeWhole(bytes, to: Self.path(id, sort))
    }

    func remove(_ id: BackupID, _ sort: Sort) throws(VaultError) {
        try files.remove(Self.path(id, sort))
        try files.sync(folder: VaultPath.marks)
    }

    /// What is marked on a backup.
    func marks(_ id: BackupID) throws(VaultError) -> Marks {
        var marks = Marks()
        do {
            marks.pin = try read(id, .pin).map { (json) throws(RecordError) in try Pin(JSONFields(json)) }
            marks.evidence = try read(id, .verified).map { (json) throws(RecordError) in
                try Evidence(JSONFields(json))
            }
            marks.drill = try read(id, .drill).map { (json) throws(RecordError) in
                try DrillRecord(JSONFields(json))
            }
        } catch let error as VaultError {
            throw error
        } catch {
            throw .damaged("\(VaultPath.marks)/\(id.text)", "\(error)")
        }
        return marks
    }
}

extension Pin {
    var json: JSONValue { .object(["note": .string(note), "since": since.json]) }

    init(_ json: JSONFields) throws(RecordError) {
        note = try json.string("note")
        since = try json.time("since")
    }
}

extension Evidence {
    var json: JSONValue {
        let percent: Int64 = if case .sample(let percent) = extent { Int64(percent) } else { 100 }
        return .object([
            "when": when.json, "percent": .int(percent), "full": .bool(extent == .full),
            "good": .bool(isGood), "objects": .int(Int64(objects)), "bytes": .int(bytes),
            "problems": .int(Int64(problems)),
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        when = try json.time("when")
        extent = try json.bool("full") ? .full : .sample(percent: try json.count("percent"))
        isGood = try json.bool("good")
        objects = try json.count("objects")
        bytes = try json.int("bytes")
        problems = try json.count("problems")
    }
}
