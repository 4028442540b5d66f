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

    private var percent: Int { if case .sample(let percent) = extent { percent } else { 100 } }

    /// Whether this is to be shown instead of `older`, so that a look at less never hides what a look at more found.
    ///
    /// Damage always counts; only a full verification that finds nothing takes it back.
    func replaces(_ older: Evidence?) -> Bool {
        guard let older, isGood else { return true }
        return older.isGood ? percent >= older.percent : extent == .full
    }
}

/// What is marked on one backup.
package struct Marks: Sendable, Equatable {
    package var pin: Pin?
    package var evidence: Evidence?
    package var drill: DrillRecord?
    /// Marks that are there and cannot be read, each with what to do about it.
    package var damaged: [VaultError]

    package init(
        pin: Pin? = nil, evidence: Evidence? = nil, drill: DrillRecord? = nil, damaged: [VaultError] = []
    ) {
        self.pin = pin
        self.evidence = evidence
        self.drill = drill
        self.damaged = damaged
    }

    /// Whether the backup must stay; so it is where the pin is damaged.
    package var isPinned: Bool { pin != nil || damaged.contains { $0.path.hasSuffix(".pin") } }
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

    /// What is marked on a backup; damaged marks are named and hide no other.
    /// - Throws: `unavailable`.
    func marks(_ id: BackupID, _ sorts: [Sort] = Sort.allCases) throws(VaultError) -> Marks {
        var marks = Marks()
        for sort in sorts {
            do {
                switch try mark(id, sort) {
                case .pin(let pin)?: marks.pin = pin
                case .evidence(let evidence)?: marks.evidence = evidence
                case .drill(let drill)?: marks.drill = drill
                case nil: break
                }
            } catch  where error.code == .damaged {
                marks.damaged.append(error)
            }
        }
        return marks
    }

    /// What one file says.
    enum Mark {
        case pin(Pin)
        case evidence(Evidence)
        case drill(DrillRecord)
    }

    /// One mark of a backup; nil when there is none.
    /// - Throws: `damaged`, with what to do about it; `unavailable`.
    func mark(_ id: BackupID, _ sort: Sort) throws(VaultError) -> Mark? {
        let path = Self.path(id, sort)
        do throws(VaultError) {
            guard let json = try read(id, sort) else { return nil }
            do throws(RecordError) {
                let fields = try JSONFields(json)
                switch sort {
                case .pin: return .pin(try Pin(fields))
                case .verified: return .evidence(try Evidence(fields))
                case .drill: return .drill(try DrillRecord(fields))
                }
            } catch {
                throw .damaged(path, error.reason)
            }
        } catch  where error.code == .damaged {
            throw VaultError(.damaged, error.message, hint: Self.remedy(id, sort), path: path)
        }
    }

    /// What to do about a damaged mark.
    private static func remedy(_ id: BackupID, _ sort: Sort) -> String {
        switch sort {
        case .pin:
            "The backup counts as pinned. Run: holdfast backup pin \(id), or holdfast backup unpin \(id)"
        case .verified: "The backup counts as not verified. Run: holdfast backup verify \(id)"
        case .drill: "The backup counts as not proven. Run: holdfast restore drill \(id)"
        }
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
