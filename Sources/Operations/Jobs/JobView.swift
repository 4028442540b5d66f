package import Basics
import Storage

/// A job, as people and programs see it.
package struct JobView: Codable, Sendable, Displayable {
    /// Why it did not do what it was asked.
    package struct Failure: Codable, Sendable, Equatable {
        package let code: String
        package let message: String
        package let hint: String
    }

    package let job: String
    /// The operation's command: `backup create`.
    package let operation: String
    package let actor: String
    /// Through which surface it was asked for.
    package let surface: String
    /// `starting`, `running`, `cancelling`; `done`, `partial`, `failed`, `cancelled`, `cut-off`; `altered` when the record is
    /// not what was written.
    package let state: String
    package let isFinished: Bool
    package let started: Timestamp
    package let updated: Timestamp
    /// Its arguments, secrets hidden.
    package let arguments: JSONValue
    /// What is being done, as a word or two; empty before it begins.
    package let phase: String
    /// Things done so far, of how many where that is known, and what they are.
    package let done: Int64
    package let total: Int64?
    package let unit: String
    package let bytes: Int64?
    /// The newest events, oldest first; of how many in all.
    package let events: [String]
    package let eventCount: Int
    /// What it gave back; nil before its end and where it failed.
    package let result: JSONValue?
    package let warnings: [String]
    package let error: Failure?
    /// What is known of an end that it did not tell itself.
    package let note: String

    init(_ record: JobRecord) {
        let document = JobDocument(record.document)
        job = record.id
        operation = record.operation
        actor = record.actor
        surface = document?.surface ?? ""
        state = record.state
        isFinished = record.isFinished
        started = record.started
        updated = record.updated
        arguments = document?.arguments ?? .object([:])
        phase = document?.progress?.phase ?? ""
        done = document?.progress?.done ?? 0
        total = document?.progress?.total
        unit = document?.progress?.unit ?? ""
        bytes = document?.progress?.bytes
        events = document?.events ?? []
        eventCount = document?.eventCount ?? 0
        result = document?.result
        warnings = document?.warnings ?? []
        error = document?.failure.map { Failure(code: $0.code, message: $0.message, hint: $0.hint) }
        note = document?.note ?? ""
    }

    var stateCell: Cell {
        switch JobState(rawValue: state) {
        case .starting, .running, .cancelling: Cell(state)
        case .done: Cell(state, .good)
        case .partial, .cancelled: Cell(state, .warning)
        case .failed, .cutOff, nil: Cell(state, .bad)
        }
    }

    /// How far it is: `verifying, 3 of 20 objects`.
    var progress: String {
        guard !phase.isEmpty else { return "" }
        guard !unit.isEmpty else { return phase }
        let count = total.map { "\(done) of \($0) \(unit)" } ?? "\(done) \(unit)"
        let moved = bytes.map { ", \(ByteCount($0))" } ?? ""
        return "\(phase), \(count)\(moved)"
    }

    package var display: [DisplayBlock] {
        var record: [(label: String, value: Cell)] = [
            ("job", Cell(job)), ("operation", Cell(operation)),
            ("asked for by", Cell("\(actor), \(surface)")),
            ("state", stateCell), ("started", Cell(started.description)),
            ("updated", Cell(updated.description)),
            ("arguments", Cell(JSONWriter.text(arguments))),
        ]
        if !progress.isEmpty { record.append(("progress", Cell(progress))) }
        if let error { record.append(("because", Cell(error.message, .bad))) }
        if !note.isEmpty { record.append(("note", Cell(note, .warning))) }
        var blocks: [DisplayBlock] = [.record(record)]
        if !events.isEmpty {
            let omitted = eventCount - events.count
            let head = omitted > 0 ? [Cell("… \(omitted) earlier ones", .dim)] : []
            blocks += [.heading("Events"), .lines(head + events.map { Cell($0) })]
        }
        if !warnings.isEmpty { blocks += [.heading("To know"), .lines(warnings.map { Cell($0, .warning) })] }
        if let result {
            let text = String(decoding: JSONWriter.bytes(result, isPretty: true), as: UTF8.self)
            blocks += [.heading("Result"), .lines(text.split(separator: "\n").map { Cell(String($0)) })]
        }
        if !isFinished {
            blocks.append(.lines([Cell("Follow it with: holdfast job show \(job) --follow", .dim)]))
        }
        return blocks
    }
}
