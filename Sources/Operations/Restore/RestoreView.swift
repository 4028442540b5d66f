package import Basics
import Storage

/// A run of a plan, as people and programs see it.
package struct RestoreView: Codable, Sendable, Displayable {
    package let run: String
    package let plan: String
    package let device: String
    package let backup: String
    /// `kept`, `undone` where a later run took it back, `rolled-back`, `refused`; `preparing`, `applying`, `confirming`, `unknown` while it has no end; `altered` when
    /// the record is not what was written.
    package let state: String
    package let started: Timestamp
    package let updated: Timestamp
    /// The backup of what was there before; empty when nothing was there to lose.
    package let safetyCopy: String
    package let steps: Int
    package let events: [String]
    package let reason: String
    /// The run that took it back; nil where none did.
    package let undoneBy: String?
    /// The run that this one took back, or was to; nil for a restore.
    package let undoes: String?
    /// The command that takes it back; nil where it changed nothing, or nothing that was there.
    package let wayBack: String?

    /// - Parameter undone: what took runs back.
    init(_ record: RunRecord, _ undone: UndoneRuns = UndoneRuns()) {
        let document = RunDocument(record.document)
        run = record.id
        plan = record.plan
        device = record.device
        undoneBy = undone.by[record.id]
        state = undoneBy == nil ? record.state : "undone"
        undoes = document.map(\.undoes).flatMap { $0.isEmpty ? nil : $0 }
        started = record.started
        updated = record.updated
        backup = document?.backup ?? ""
        safetyCopy = document?.safetyCopy ?? ""
        steps = document?.steps ?? 0
        events = document?.events ?? []
        let told = document?.reason ?? ""
        reason =
            state == RunDocument.State.unknown.rawValue
            ? [told, "find out what became of it with: holdfast restore resume"].filter { !$0.isEmpty }
                .joined(separator: "; ") : told
        wayBack = undoneBy == nil ? Self.wayBack(record, document) : nil
    }

    private static func wayBack(_ record: RunRecord, _ document: RunDocument?) -> String? {
        guard record.state == RunDocument.State.kept.rawValue, let document, !document.safetyCopy.isEmpty
        else { return nil }
        return document.takesForGood
            ? "holdfast restore plan \(document.safetyCopy) --in-place" : "holdfast restore undo \(record.id)"
    }

    /// Whether it ended well and nothing is wrong with what it left.
    package var isComplete: Bool { state == "kept" && reason.isEmpty }

    /// Whether nothing remains to be done for it.
    var hasEnded: Bool { undoneBy != nil || RunDocument.State(rawValue: state)?.isEnd == true }

    var stateCell: Cell {
        switch state {
        case "undone": Cell(state, .dim)
        case "kept": Cell(state, .good)
        case "rolled-back", "refused": Cell(state, .warning)
        default: Cell(state, .bad)
        }
    }

    package var display: [DisplayBlock] {
        var record: [(label: String, value: Cell)] = [
            ("run", Cell(run)), ("plan", Cell(plan)), ("device", Cell(device)), ("backup", Cell(backup)),
            ("state", stateCell), ("steps", Cell(String(steps))), ("started", Cell(started.description)),
        ]
        if let undoes { record.append(("way back of", Cell(undoes))) }
        if let undoneBy { record.append(("taken back by", Cell(undoneBy))) }
        if !safetyCopy.isEmpty { record.append(("safety copy", Cell(safetyCopy))) }
        if !reason.isEmpty { record.append(("because", Cell(reason, .warning))) }
        var blocks: [DisplayBlock] = [.record(record)]
        if !events.isEmpty { blocks += [.heading("What happened"), .lines(events.map { Cell($0) })] }
        if let wayBack { blocks.append(.lines([Cell("Take it back with: \(wayBack)", .dim)])) }
        return blocks
    }
}
