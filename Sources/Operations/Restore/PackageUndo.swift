import Basics
import Collectors
import Restore
import Vault

/// What the packages of a run brought to a machine, and the steps that take it away again.
struct PackageUndo {
    private static let section = PackageCommands.removable
    private static let accounts = "users"

    /// What came with the packages that `plan` installs, besides what it names: further packages, accounts of programs.
    ///
    /// - Parameters:
    ///   - reading: the machine after the run.
    ///   - copy: the safety copy, which says what was there before.
    static func brought(
        by plan: RestorePlan, _ reading: RestoreReading, since copy: Manifest, _ vault: Vault,
        _ redactor: Redactor
    ) async throws(OperationError) -> [RestoreStep] {
        guard plan.steps.contains(where: { $0.action == .install && $0.section == section }) else {
            return []
        }
        let before: DeviceState
        do {
            before = try await StateComparison(vault: vault, redactor: redactor).inventories(of: copy) {
                [section, accounts].contains($0)
            }
        } catch { throw OperationError(any: error) }
        let named = Set(plan.steps.filter { !$0.isFile }.map(\.name))
        var brought: [RestoreStep] = []
        if reading.present.sections[section] == "ok", before.sections[section] == "ok" {
            let had = Set(RestoreReading.packages(before, [section]).map(\.name))
            brought += RestoreReading.packages(reading.present, [section]).filter {
                !had.contains($0.name) && !named.contains($0.name)
            }.map {
                RestoreStep(
                    action: .install, subject: Array($0.name.utf8), section: section, isReversible: false,
                    to: $0.value)
            }
        }
        if reading.present.sections[accounts] == "ok", before.sections[accounts] == "ok" {
            brought += made(
                AccountTable(things: OtherAccounts.things(reading.present)),
                since: AccountTable(things: OtherAccounts.things(before)), besides: named)
        }
        return brought
    }

    private static func made(
        _ now: AccountTable, since before: AccountTable, besides named: Set<String>
    ) -> [RestoreStep] {
        func step(_ action: RestoreStep.Action, _ name: String, _ numbers: String) -> RestoreStep {
            RestoreStep(
                action: action, subject: Array(name.utf8), section: Self.accounts, areas: [Self.accounts],
                to: numbers)
        }
        let groups = now.groups.values.filter { before.groups[$0.name] == nil && !named.contains($0.name) }
            .map { step(.group, $0.name, String($0.id)) }
        let users = now.users.values.filter { before.users[$0.name] == nil && !named.contains($0.name) }
            .map { step(.user, $0.name, "\($0.id):\($0.groupID)") }
        return (groups + users).sorted { ($0.action.rawValue, $0.name) < ($1.action.rawValue, $1.name) }
    }

    /// States of packages that are there in part: their installation or removal was cut off.
    private static let statesOfThere: Set<String> = [
        "half-installed", "half-configured", "unpacked", "triggers-awaited", "triggers-pending",
    ]

    /// Steps that take packages away and mark others as before.
    let steps: [RestoreStep]
    /// What a person should know.
    let warnings: [String]

    /// - Parameters:
    ///   - done: what the run did.
    ///   - reading: the safety copy and the machine now.
    ///   - isWanted: whether packages are to go.
    init(of done: [RestoreStep], _ reading: RestoreReading, isWanted: Bool) {
        let installed = done.filter { $0.action == .install }
        let removable = isWanted ? installed.filter { $0.section == Self.section } : []
        let there = RestoreReading.packages(reading.present, [Self.section], in: Self.statesOfThere)
        let present = Dictionary(
            (reading.facts.presentPackages + there).map { ($0.name, $0) }
        ) { first, _ in first }
        let before = Dictionary(reading.facts.wantedPackages.map { ($0.name, $0) }) { first, _ in first }
        let configured = Set(
            RestoreReading.packages(reading.wanted, [Self.section], in: ["config-files"]).map(\.name))
        let gone = removable.compactMap { step -> RestoreStep? in
            guard let now = present[step.name], before[step.name] == nil else { return nil }
            return RestoreStep(
                action: .uninstall, subject: step.subject, section: step.section,
                what: ["package"]
                    + (configured.contains(step.name) ? [PackageRemoval.keepsConfiguration] : []),
                risk: .high, isReversible: false, from: now.value)
        }
        let marks = done.compactMap { step -> RestoreStep? in
            let former = step.from.split(separator: ", ").map(String.init)
            guard step.action == .mark, !former.isEmpty, let now = present[step.name],
                now.marks.sorted().joined(separator: ", ") == step.to
            else { return nil }
            return RestoreStep(
                action: .mark, subject: step.subject, section: step.section, what: former,
                isReversible: false, from: step.to, to: step.from)
        }
        var warnings: [String] = []
        if !gone.isEmpty {
            warnings.append(
                "Packages go with their configuration and with what their programs kept, which no safety copy holds; one that others need by now stays. To leave them: --keep-packages"
            )
        }
        if removable.count < installed.count {
            warnings.append(
                "Packages that the run installed stay installed and marked as they are, with the accounts of their programs."
            )
        } else if !removable.isEmpty, present.isEmpty {
            warnings.append(
                "Packages that the run installed stay installed: which ones are there could not be read.")
        }
        let newer = before.values.filter { had in present[had.name].map { $0.value != had.value } ?? false }
            .map(\.name)
        if !removable.isEmpty, !newer.isEmpty {
            warnings.append(
                "Packages that have another version than before the run keep it: \(newer.sorted().prefix(8).joined(separator: ", "))\(newer.count > 8 ? " …" : "")"
            )
        }
        self.warnings = warnings
        steps = marks + gone
    }

    /// Whether packages of the run stay, and with them what their programs need.
    static func stay(_ done: [RestoreStep], isWanted: Bool) -> Bool {
        done.contains { $0.action == .install && !(isWanted && $0.section == section) }
    }

    /// Whether the way back of a run takes packages away.
    static func isNeeded(_ done: [RestoreStep]) -> Bool {
        done.contains { $0.action == .install && $0.section == section }
    }
}
