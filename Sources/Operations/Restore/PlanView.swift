package import Basics
import Restore

/// A plan as people and programs see it.
package struct PlanView: Codable, Sendable, Displayable {
    /// One step.
    package struct Step: Codable, Sendable, Equatable {
        package let number: Int
        /// `create`, `replace`, `remove`, `attributes`, `install`, `unit`.
        package let action: String
        /// Path, package or unit.
        package let subject: String
        package let section: String
        package let what: [String]
        package let risk: String
        package let areas: [String]
        package let reversible: Bool
        /// Unified diff of a text, from how it is to how it would be; secrets hidden.
        package let diff: [String]
    }

    /// The id under which it is saved; nil where it is not, which `notSaved` says why.
    package let plan: String?
    /// Why there is no plan that could be approved, as a sentence; nil where there is one.
    package let notSaved: String?
    package let device: String
    package let backup: String
    /// `in place`, or the folder on the device.
    package let target: String
    package let created: Timestamp
    package let expires: Timestamp
    package let risk: String
    /// Whether the device undoes it by itself unless it is confirmed in time.
    package let isGuarded: Bool
    package private(set) var steps: [Step]
    package let conflicts: [String]
    package let warnings: [String]
    package let commands: [String]
    package let affected: [String]
    /// How many steps it has in all.
    package let stepCount: Int
    /// How many valid approvals it has, unused.
    package let approvals: Int
    /// How many people must approve it.
    package let approvalsNeeded: Int
    /// The run that carried it out last, which used its approvals up; nil where it may still be carried out.
    package let carriedOutBy: String?

    /// - Parameter id: nil where it was not saved.
    init(
        _ plan: RestorePlan, id: String?, approvals: Int, needed: Int = 1, carriedOutBy: String? = nil
    ) {
        self.plan = id
        notSaved = id == nil ? Self.reason(plan) : nil
        device = plan.target.device
        backup = plan.backup
        target = if case .folder(let path) = plan.place { path } else { "in place" }
        created = plan.created
        expires = plan.expires
        risk = plan.risk.rawValue
        isGuarded = plan.place == .inPlace
        steps = plan.steps.enumerated().map { index, step in
            Step(
                number: index + 1, action: step.action.rawValue, subject: step.name, section: step.section,
                what: step.what, risk: step.risk.rawValue, areas: step.areas, reversible: step.isReversible,
                diff: step.text)
        }
        stepCount = plan.steps.count
        // A sentence is one line, whatever the names in it hold.
        conflicts = plan.conflicts.map(TerminalText.escape)
        warnings = plan.warnings.map(TerminalText.escape)
        commands = plan.commands
        affected = plan.affected
        self.approvals = approvals
        approvalsNeeded = needed
        self.carriedOutBy = approvals < needed ? carriedOutBy : nil
    }

    /// The same with some of its steps.
    /// - Parameter count: 0 for all that follow.
    func part(from first: Int, count: Int) -> PlanView {
        var view = self
        view.steps = Array(steps.dropFirst(first - 1))
        if count > 0 { view.steps = Array(view.steps.prefix(count)) }
        return view
    }

    private static func reason(_ plan: RestorePlan) -> String {
        guard !plan.conflicts.isEmpty else { return "There is nothing to restore." }
        return plan.conflicts.count == 1
            ? "A conflict is in its way." : "\(plan.conflicts.count) conflicts are in its way."
    }

    package var isComplete: Bool { conflicts.isEmpty }

    package var display: [DisplayBlock] {
        guard !steps.isEmpty || !conflicts.isEmpty else {
            guard !warnings.isEmpty else {
                return [.lines([Cell("\(device) is as backup \(backup) says: nothing to restore.", .good)])]
            }
            let whole = "What was compared on \(device) is as backup \(backup) says: nothing to restore."
            return [.lines([Cell(whole)]), .heading("To know"), .lines(notes)]
        }
        var blocks: [DisplayBlock] = [
            .record([
                ("plan", plan.map { Cell($0) } ?? Cell("not saved, see what is in the way", .bad)),
                ("device", Cell(device)), ("backup", Cell(backup)),
                ("target", Cell(target)), ("risk", Cell(risk, tone(risk))),
                ("expires", Cell(expires.description)),
                ("approval", approvalCell),
            ]),
            .heading("Steps"),
            .table(
                columns: [Column("#", isNumeric: true), "ACTION", "SUBJECT", "WHAT", "RISK"],
                rows: steps.map { step in
                    [
                        Cell(String(step.number)), Cell(step.action), Cell(step.subject),
                        Cell(step.what.joined(separator: ", ")), Cell(step.risk, tone(step.risk)),
                    ]
                }, empty: "No step."),
        ]
        let changed = steps.filter { !$0.diff.isEmpty }
        if !changed.isEmpty {
            blocks += [.heading("What would change"), .lines(changed.flatMap(Self.lines))]
        }
        if !commands.isEmpty { blocks += [.heading("Afterwards"), .lines(commands.map { Cell($0) })] }
        if !affected.isEmpty { blocks += [.heading("Affected"), .lines(affected.map { Cell($0) })] }
        if !conflicts.isEmpty {
            blocks += [.heading("In the way"), .lines(conflicts.map { Cell($0, .bad) })]
        }
        if !notes.isEmpty { blocks += [.heading("To know"), .lines(notes)] }
        if let plan { blocks.append(.lines([Cell(next(plan))])) }
        return blocks
    }

    private var approvalCell: Cell {
        if let carriedOutBy { return Cell("used up by run \(carriedOutBy)", .dim) }
        guard approvalsNeeded > 1 else {
            return approvals > 0 ? Cell("given", .good) : Cell("missing", .warning)
        }
        return Cell(
            "\(approvals) of \(approvalsNeeded)", approvals >= approvalsNeeded ? .good : .warning)
    }

    private func next(_ plan: String) -> String {
        if let carriedOutBy {
            return
                "Run \(carriedOutBy) carried it out. For what has changed since, make a new plan: holdfast restore plan \(backup)\(isGuarded ? " --in-place" : "")"
        }
        return approvals >= approvalsNeeded
            ? "Carry it out with: holdfast restore apply \(plan)"
            : "A person approves it with: holdfast approve \(plan)"
    }

    private var notes: [Cell] { (warnings + permanent).map { Cell($0, .dim) } }

    /// What an undo does not take back, as a sentence.
    private var permanent: [String] {
        func sentence(_ start: String, _ steps: [Step]) -> [String] {
            guard !steps.isEmpty else { return [] }
            let named = steps.prefix(10).map { "\($0.action) \($0.subject)" }.joined(separator: ", ")
            let more = steps.count > 10 ? " and \(steps.count - 10) more" : ""
            return ["\(start): \(named)\(more)"]
        }
        let lasting = steps.filter { !$0.reversible }
        let comes = lasting.filter {
            $0.action == RestoreStep.Action.install.rawValue && $0.section == PackageCommands.removable
        }
        return sentence("An undo takes these away again, unless others need them by then", comes)
            + sentence(
                "An undo does not take back",
                lasting.filter { step in !comes.contains { $0.number == step.number } })
    }

    private func tone(_ risk: String) -> Tone {
        switch risk {
        case "high": .bad
        case "medium": .warning
        default: .plain
        }
    }

    private static func lines(_ step: Step) -> [Cell] {
        [Cell(step.subject, .dim)]
            + step.diff.map { line in
                Cell("    " + line, line.hasPrefix("+") ? .good : line.hasPrefix("-") ? .bad : .dim)
            }
    }
}
