package import Basics

/// What a list shows of a backup: the first part of its manifest.
package struct BackupSummary: Sendable, Equatable {
    /// How much of what was asked for was read.
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case partial
        case failed
    }

    /// What a backup added to the vault.
    package struct Stats: Sendable, Equatable {
        /// Objects that no earlier backup had.
        package var newObjects: Int
        /// Their bytes, before compression.
        package var newBytes: Int64

        package init(newObjects: Int = 0, newBytes: Int64 = 0) {
            self.newObjects = newObjects
            self.newBytes = newBytes
        }
    }

    package var id: BackupID
    /// Free text by the person who asked for it; may be empty.
    package var name: String
    package var device: BackupDevice
    package var started: Timestamp
    package var finished: Timestamp
    package var status: Status
    /// Version of the program that wrote it.
    package var tool: String
    /// The backup whose unchanged entries were taken over.
    package var parent: BackupID?
    /// How many sections have which status.
    package var sections: [SectionRecord.Status: Int]
    /// How many files, folders and links it holds.
    package var entries: Int
    /// Sizes of its files together, holes included.
    package var bytes: Int64
    package var stats: Stats
    /// What was asked for; nil in a backup of a program that did not note it.
    package var scope: BackupScope?

    /// What the name of every safety copy begins with; the name of the run that it was made for follows.
    package static let safetyCopyNote = "safety copy before restore "

    /// Whether it was made of what a restore was about to change, and for that alone.
    package var isSafetyCopy: Bool { breadth == .named && name.hasPrefix(Self.safetyCopyNote) }

    /// Whether it is of a device and not of something else, whose name has a colon: no device's has one.
    package var isOfDevice: Bool { !device.name.contains(":") }

    /// How far its scope reaches; one that was not noted counts as full.
    package var breadth: BackupScope.Breadth { scope?.breadth ?? .full }

    var json: JSONValue {
        let counts = sections.map { ($0.key.rawValue, JSONValue.int(Int64($0.value))) }
        return .object([
            "format": .int(Manifest.format), "id": .string(id.text), "name": .string(name),
            "device": device.json, "started": started.json, "finished": finished.json,
            "status": .string(status.rawValue), "tool": .string(tool),
            "parent": parent.map { .string($0.text) } ?? .null,
            "sections": .object(Dictionary(counts) { first, _ in first }),
            "entries": .int(Int64(entries)), "bytes": .int(bytes),
            "newObjects": .int(Int64(stats.newObjects)), "newBytes": .int(stats.newBytes),
            "scope": scope?.json ?? .null,
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        id = try json.parsed("id", BackupID.init)
        name = try json.string("name")
        device = try BackupDevice(json.object("device"))
        started = try json.time("started")
        finished = try json.time("finished")
        status = try json.parsed("status", Status.init(rawValue:))
        tool = try json.string("tool")
        parent = try json.optional("parent", BackupID.init)
        let counts = try json.object("sections")
        sections = [:]
        for status in SectionRecord.Status.allCases {
            if let count = try? counts.count(status.rawValue) { sections[status] = count }
        }
        entries = try json.count("entries")
        bytes = try json.int("bytes")
        stats = Stats(newObjects: try json.count("newObjects"), newBytes: try json.int("newBytes"))
        scope = try json.optionalObject("scope").map { (fields) throws(RecordError) in try BackupScope(fields)
        }
    }

    init(
        id: BackupID, draft: BackupDraft, stats: Stats
    ) {
        self.id = id
        name = draft.name
        device = draft.device
        started = draft.started
        finished = draft.finished
        status = draft.status
        tool = draft.tool
        parent = draft.parent
        sections = draft.sections.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        entries = draft.entries.count
        // Sparse files may claim any size: the sum stops at the largest number instead of wrapping.
        bytes = draft.entries.reduce(0) { sum, entry in
            let (next, isBeyond) = sum.addingReportingOverflow(entry.size)
            return isBeyond ? .max : next
        }
        self.stats = stats
        scope = draft.scope
    }
}
