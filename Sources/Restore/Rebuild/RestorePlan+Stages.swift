import Basics
import Codecs
import Vault

/// A plan that installs packages or makes accounts is carried out in two stages, each with a safety copy of its own.
///
/// Packages bring files that nobody can know before. So the second stage is computed anew from what the approved plan
/// promises and what is there then, and never does anything that the plan does not name or announce.
extension RestorePlan {
    /// A stage of a plan.
    package enum Stage: String, Sendable, CaseIterable {
        /// Sources, accounts, packages, folders.
        case foundation
        /// Files, units and all that follows.
        case rest
    }

    private static func isFoundation(_ step: RestoreStep) -> Bool {
        switch step.action {
        case .folder, .group, .user, .install, .uninstall, .mark: true
        default: step.isFile && RestorePlanner.isSource(step.subject)
        }
    }

    /// Whether the plan has stages: what takes packages and accounts out again needs none.
    package var hasStages: Bool {
        place == .inPlace && steps.contains { !$0.isFile && Self.isFoundation($0) && !$0.takesOut }
    }

    /// The first stage, as a plan of its own; its name stays that of the whole.
    package var foundation: RestorePlan {
        var plan = self
        plan.steps = steps.filter(Self.isFoundation)
        plan.containers = nil
        return plan
    }

    /// Steps of the second stage as they were planned.
    ///
    /// What was as it should be once packages were there was not done, and need not be undone.
    package var remainder: [RestoreStep] { steps.filter { !Self.isFoundation($0) } }

    /// What the second stage found.
    package struct Rest: Sendable {
        package var plan: RestorePlan
        /// Sentences on what packages brought or changed, and what becomes of it.
        package var notes: [String] = []
        /// Packages of the plan that are not there: no source had them.
        package var missingPackages: [String] = []
        /// Packages of the plan of which nobody could tell whether they are there.
        package private(set) var openPackages: [String] = []
        /// Accounts that are not as planned.
        package var wrongAccounts: [String] = []

        /// Takes back that packages of `sections`, which `plan` installs, are missing: these could not be read.
        package mutating func leaveOpen(_ sections: Set<String>, of plan: RestorePlan) {
            let names = plan.steps.filter { $0.action == .install && sections.contains($0.section) }.map(
                \.name)
            openPackages = names
            missingPackages.removeAll(where: Set(names).contains)
        }

        /// What the run did not bring, as sentences; empty when it brought all.
        package var shortfall: String {
            [("No source had", missingPackages), ("Nobody could tell whether the device has", openPackages)]
                .filter { !$0.1.isEmpty }
                .map { "\($0) \($1.count.counted("package")): \($1.joined(separator: ", "))" }
                .joined(separator: "; ")
        }
    }

    /// The second stage.
    ///
    /// - Parameters:
    ///   - facts: what the backup says and what is there now, after the first stage.
    ///   - earlier: paths that were there before the first stage.
    ///   - wholeBefore: sections of which all that was there is among these; of others nothing is taken away.
    ///   - accounts: users and groups as they are now.
    ///   - missing: folders around files that are still missing; no section tells of them.
    package func rest(
        _ facts: PlanFacts, earlier: Set<[UInt8]>, wholeBefore: Set<String>, accounts: AccountTable,
        missing: Set<[UInt8]> = []
    ) -> Rest {
        var rest = Rest(plan: self)
        let present = Dictionary(facts.present.map { ($0.path, $0) }) { first, _ in first }
        let wanted = Dictionary(facts.wanted.map { ($0.path, $0) }) { first, _ in first }
        var came: [String] = []
        var changed: [String] = []
        rest.plan.steps = remainder.compactMap { step in
            guard step.isFile else { return rebased(unit: step, facts) }
            if step.isAround { return step.action != .create || missing.contains(step.subject) ? step : nil }
            let now = present[step.subject]
            let mark = FileMark(now, hash: facts.hash)
            if mark == step.before { return step }
            if mark == step.after { return nil }
            if step.before == FileMark(nil, hash: facts.hash) {
                came.append(step.name)
            } else {
                changed.append(step.name)
            }
            return rebased(step, now, wanted[step.subject], mark)
        }
        let extra = trimmed(facts, earlier: earlier, Set(trims).intersection(wholeBefore))
        rest.plan.steps = Self.sorted(rest.plan.steps + extra)
        note("came with packages and are replaced", came, &rest)
        note("were changed by packages and are replaced all the same", changed, &rest)
        note("came with packages, are not in the backup and are taken away", extra.map(\.name), &rest)
        check(facts, accounts, &rest)
        return rest
    }

    /// Files by path, then units as they were.
    private static func sorted(_ steps: [RestoreStep]) -> [RestoreStep] {
        steps.filter(\.isFile).sorted { ByteOrder.precedes($0.subject, $1.subject) }
            + steps.filter { !$0.isFile }
    }

    private func note(_ what: String, _ names: [String], _ rest: inout Rest) {
        guard !names.isEmpty else { return }
        let shown = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " …" : "")
        rest.notes.append("\(names.count.counted("path")) \(what): \(shown)")
    }

    private func rebased(
        _ step: RestoreStep, _ now: FileEntry?, _ wanted: FileEntry?, _ mark: FileMark
    ) -> RestoreStep? {
        var step = step
        step.before = mark
        guard let now else {
            // What was to be taken away is gone; what was to be replaced is made.
            guard step.action != .remove else { return nil }
            step.action = .create
            return step
        }
        switch step.action {
        case .create, .replace, .attributes:
            step.action = now.kind == .folder && wanted?.kind == .folder ? .attributes : .replace
        default: break
        }
        return step
    }

    private func rebased(unit step: RestoreStep, _ facts: PlanFacts) -> RestoreStep? {
        guard step.action == .unit else { return step }
        var step = step
        let wasMissing = step.from == "missing"
        step.from = facts.presentUnits.first { $0.name == step.name }?.value ?? "missing"
        guard step.from == step.to else { return step }
        // A package started it before its files came.
        guard wasMissing, step.to == "enabled" else { return nil }
        step.what = ["started again, with its files"]
        return step
    }

    /// What packages brought into sections that the backup knows as a whole, and that it does not have.
    private func trimmed(
        _ facts: PlanFacts, earlier: Set<[UInt8]>, _ allowed: Set<String>
    ) -> [RestoreStep] {
        let wanted = Set(facts.wanted.map(\.path))
        let planned = Set(steps.map(\.subject))
        return facts.present.compactMap { entry in
            guard facts.presentSections.indices.contains(entry.section),
                allowed.contains(facts.presentSections[entry.section]), !earlier.contains(entry.path),
                !wanted.contains(entry.path), !planned.contains(entry.path), entry.kind != .socket,
                facts.other?.part(keeping: entry.path) == nil
            else { return nil }
            let areas = RestoreArea.of(entry.path)
            return RestoreStep(
                action: .remove, subject: entry.path, section: facts.presentSections[entry.section],
                what: [entry.kind.words], risk: areas.map(\.risk).max() ?? .low, areas: areas.map(\.name),
                before: FileMark(entry, hash: facts.hash), after: FileMark(nil, hash: facts.hash))
        }
    }

    private func check(_ facts: PlanFacts, _ accounts: AccountTable, _ rest: inout Rest) {
        let present = Set(facts.presentPackages.map(\.name))
        rest.missingPackages = steps.filter { $0.action == .install && !present.contains($0.name) }.map(
            \.name)
        for step in steps {
            switch step.action {
            case .user:
                let user = accounts.users[step.name]
                let now = user.map { "\($0.id):\($0.groupID)" } ?? "missing"
                if now != step.to { rest.wrongAccounts.append("\(step.name) (\(now), planned \(step.to))") }
            case .group:
                let now = accounts.groups[step.name].map { String($0.id) } ?? "missing"
                if now != step.to { rest.wrongAccounts.append("\(step.name) (\(now), planned \(step.to))") }
            default: break
            }
        }
    }
}

extension RestoreStep {
    /// Whether it takes a package, an account, a group or a member of one out again.
    var takesOut: Bool {
        switch action {
        case .uninstall: true
        case .user, .group: to.isEmpty || what.contains { $0.hasPrefix("removes ") }
        default: false
        }
    }

    /// The step that switches a unit off again that was not there before; nil for any other, or when it is gone.
    package func takenBack(from units: [PlanFacts.Named]) -> RestoreStep? {
        guard action == .unit, from == "missing", let now = units.first(where: { $0.name == name }) else {
            return nil
        }
        var step = self
        step.what = ["\(now.value) -> missing"]
        step.from = now.value
        step.to = "missing"
        return step
    }

    /// The step that takes an account or a group out again, while it is there as this step made it; nil for any other.
    ///
    /// - Parameter keepsPrograms: whether accounts of programs stay, as packages that need them do.
    package func takenBack(from accounts: AccountTable, keepsPrograms: Bool = false) -> RestoreStep? {
        let number = UInt32(to.prefix { $0 != ":" }) ?? 0
        if keepsPrograms, from.isEmpty, number < AccountPlanner.people.lowerBound { return nil }
        var step = self
        step.what = ["taken out again"]
        step.to = ""
        switch action {
        case .user:
            guard let user = accounts.users[name], "\(user.id):\(user.groupID)" == to else { return nil }
            step.from = to
        case .group:
            guard let group = accounts.groups[name], String(group.id) == to else { return nil }
            guard from.isEmpty else {
                let added = what.compactMap { $0.hasPrefix("adds ") ? String($0.dropFirst(5)) : nil }
                    .filter(group.members.contains)
                guard !added.isEmpty else { return nil }
                step.what = added.map { "removes \($0)" }
                step.to = to
                return step
            }
            step.from = to
        default: return nil
        }
        return step
    }
}
