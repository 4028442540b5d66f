import Basics
import RemoteExecution
import Restore

extension Policy {
    /// What a plan is compared with besides itself.
    struct Occasion: Sendable {
        let device: Device
        /// The machine that the plan's backup is of.
        let backupMachine: String
        let now: Timestamp
    }

    /// Why the policy does not cover the plan, as a clause; nil when it does.
    func reasonAgainst(_ plan: RestorePlan, _ occasion: Occasion) -> String? {
        reasonAgainst(occasion, plan.target) ?? reasonAgainst(size: plan) ?? reasonAgainst(steps: plan.steps)
    }

    private func reasonAgainst(_ occasion: Occasion, _ target: RestorePlan.Target) -> String? {
        let key = occasion.device.hostKey?.fingerprint ?? ""
        if occasion.now >= expires { return "it expired at \(expires)" }
        if let window, !window.contains(occasion.now) { return "it counts \(window.words) only" }
        guard machines.contains(Machine(device: target.device, hostKey: key)), target.hostKey == key,
            occasion.device.name.text == target.device
        else { return "it does not cover \(target.device), as it is known now" }
        if !tag.isEmpty, !occasion.device.tags.contains(tag) {
            return "\(target.device) no longer has the tag \(tag)"
        }
        guard !target.machineID.isEmpty, target.machineID == occasion.backupMachine else {
            return "the backup is of another machine than \(target.device) is"
        }
        return nil
    }

    private func reasonAgainst(size plan: RestorePlan) -> String? {
        if plan.steps.count > maxSteps { return "\(plan.steps.count) steps are more than \(maxSteps)" }
        if plan.risk > maxRisk {
            return "the risk \(plan.risk.rawValue) is higher than \(maxRisk.rawValue)"
        }
        return nil
    }

    private func reasonAgainst(steps: [RestoreStep]) -> String? {
        let globs = paths.map { Glob($0, crossesFolders: true) }
        for step in steps {
            guard actions.contains(step.action) else { return "it does not cover ‘\(step.action.rawValue)’" }
            if !sections.isEmpty, !sections.contains(step.section) {
                return "it does not cover the section \(step.section)"
            }
            // What is no path is covered by its section alone.
            guard step.isFile ? globs.isEmpty || RestoreScope.matches(step.subject, globs) : !sections.isEmpty
            else { return "it does not cover \(step.name)" }
            if let area = Self.lockOuts(step).first(where: { !areas.contains($0) }) {
                return
                    "\(step.name) belongs to ‘\(area)’, which may lock people out and which it does not name"
            }
        }
        return nil
    }

    /// The areas that a step touches and that may lock people out: told by the step itself, its path, the folders around
    /// them and its unit.
    private static func lockOuts(_ step: RestoreStep) -> [String] {
        RestoreArea.all.filter(\.mayCutConnection).filter { area in
            if step.areas.contains(area.name) { return true }
            guard step.isFile else { return area.units.contains(step.name) }
            return area.covers(step.subject)
                || area.paths.contains { Array($0.utf8).starts(with: step.subject + [UInt8(ascii: "/")]) }
        }.map(\.name)
    }
}
