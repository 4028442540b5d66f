import Basics

/// What a backup holds of one kind of thing, and whether that is all there was.
package struct SectionRecord: Sendable, Equatable {
    /// How much of the section was read.
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case partial
        /// The device has nothing of the kind.
        case absent
        /// Root was needed and could not be had.
        case denied
        case failed
    }

    /// The recorded output of one probe.
    package struct Capture: Sendable, Equatable {
        /// The probe's name.
        package var probe: String
        /// How the probe ended: `exited:0`, `absent`, `timed-out` … as the writer spells it.
        package var outcome: String
        /// Its standard output.
        package var output: [ContentRef]
        /// Its standard error.
        package var errors: [ContentRef]
        /// SHA-256 of the outcome, by which the next reading can tell that nothing of it changed; nil where it is not
        /// worth the device's while.
        package var digest: String?

        package init(
            probe: String, outcome: String, output: [ContentRef] = [], errors: [ContentRef] = [],
            digest: String? = nil
        ) {
            self.digest = digest
            self.probe = probe
            self.outcome = outcome
            self.output = output
            self.errors = errors
        }
    }

    package var name: String
    package var status: Status
    /// Why the status is not `ok`; empty when it is.
    package var reason: String
    /// What would make it `ok` next time; empty when nothing is known.
    package var hint: String
    /// The inventory as JSON, in pieces; empty when there is none.
    package var inventory: [ContentRef]
    package var captures: [Capture]
    /// How many files belong to it.
    package var files: Int
    /// Their sizes together.
    package var bytes: Int64

    package init(
        name: String, status: Status, reason: String = "", hint: String = "", inventory: [ContentRef] = [],
        captures: [Capture] = [], files: Int = 0, bytes: Int64 = 0
    ) {
        self.name = name
        self.status = status
        self.reason = reason
        self.hint = hint
        self.inventory = inventory
        self.captures = captures
        self.files = files
        self.bytes = bytes
    }

    /// Every object the section names.
    var references: [ContentRef] { inventory + captures.flatMap { $0.output + $0.errors } }

    var json: JSONValue {
        .object([
            "name": .string(name), "status": .string(status.rawValue), "reason": .string(reason),
            "hint": .string(hint), "inventory": inventory.json, "files": .int(Int64(files)),
            "bytes": .int(bytes),
            "captures": .array(
                captures.map { capture in
                    var members: [String: JSONValue] = [
                        "probe": .string(capture.probe), "outcome": .string(capture.outcome),
                        "output": capture.output.json, "errors": capture.errors.json,
                    ]
                    if let digest = capture.digest { members["digest"] = .string(digest) }
                    return .object(members)
                }),
        ])
    }

    init(_ json: JSONFields) throws(RecordError) {
        name = try json.string("name")
        status = try json.parsed("status", Status.init(rawValue:))
        reason = try json.string("reason")
        hint = try json.string("hint")
        inventory = try json.content("inventory")
        files = try json.count("files")
        bytes = try json.int("bytes")
        captures = []
        for element in try json.array("captures") {
            let fields = try JSONFields(element)
            captures.append(
                Capture(
                    probe: try fields.string("probe"), outcome: try fields.string("outcome"),
                    output: try fields.content("output"), errors: try fields.content("errors"),
                    digest: try fields.optional("digest", \.self)))
        }
    }
}
