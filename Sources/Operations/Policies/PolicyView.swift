package import Basics
import Restore
import Storage

/// A policy, as people and programs see it.
package struct PolicyView: Codable, Sendable, Displayable {
    package let id: String
    package let name: String
    /// `valid`, `expired`, `revoked`; `altered` when it is not what was adopted, `unproven` when the audit chain does not show
    /// that it was adopted.
    package let state: String
    package let who: String
    package let adopted: Timestamp
    package let expires: Timestamp?
    /// The devices it covers.
    package let devices: [String]
    package let tag: String
    package let sections: [String]
    package let paths: [String]
    package let actions: [String]
    /// Areas that may lock people out and that it covers.
    package let areas: [String]
    /// In words; empty for any time.
    package let window: String
    package let maxRisk: String
    package let maxSteps: Int

    init(_ entry: PolicyBook.Entry) {
        let policy = entry.policy
        id = entry.record.id
        name = entry.record.name
        state = entry.state.rawValue
        who = entry.record.who
        adopted = entry.record.adopted
        expires = policy?.expires
        devices = policy?.machines.map(\.device) ?? []
        tag = policy?.tag ?? ""
        sections = policy?.sections ?? []
        paths = policy?.paths ?? []
        actions = policy?.actions.map(\.rawValue).sorted() ?? []
        areas = policy?.areas.sorted() ?? []
        window = policy?.window?.words ?? ""
        maxRisk = policy?.maxRisk.rawValue ?? ""
        maxSteps = policy?.maxSteps ?? 0
    }

    var stateCell: Cell {
        switch state {
        case "valid": Cell(state, .good)
        case "altered", "unproven": Cell(state, .bad)
        default: Cell(state, .dim)
        }
    }

    package var display: [DisplayBlock] {
        func list(_ words: [String], _ empty: String) -> Cell {
            words.isEmpty ? Cell(empty, .dim) : Cell(words.joined(separator: ", "))
        }
        var record: [(label: String, value: Cell)] = [
            ("policy", Cell(name)), ("id", Cell(id)), ("state", stateCell),
            ("devices", list(devices, "none")),
        ]
        if !tag.isEmpty { record.append(("tag", Cell(tag))) }
        record += [
            ("sections", list(sections, "any")), ("paths", list(paths, "any")),
            ("actions", list(actions, "none")), ("lock-out areas", list(areas, "none")),
            ("at most", Cell("\(maxSteps) steps, risk \(maxRisk)")),
            ("when", Cell(window.isEmpty ? "any time" : window)),
            ("expires", Cell(expires?.description ?? "")),
            ("adopted", Cell("\(adopted) by \(who)")),
        ]
        return [.record(record)]
    }
}
