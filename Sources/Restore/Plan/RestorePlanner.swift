import Basics
import Vault

/// Computes what would have to be done so that a machine is as a backup says; does nothing itself.
package struct RestorePlanner: Sendable {
    /// What may be planned besides bringing files back.
    package struct Options: Sendable, Equatable {
        /// Take away what the backup does not have.
        package var removes: Bool
        /// Also below own paths.
        package var removesAdded = false
        /// Install packages that are missing.
        package var installs: Bool
        /// Restore setuid files and device nodes.
        package var allowsSpecial: Bool

        package init(
            removes: Bool = true, removesAdded: Bool = false, installs: Bool = true,
            allowsSpecial: Bool = false
        ) {
            self.removes = removes
            self.removesAdded = removesAdded
            self.installs = installs
            self.allowsSpecial = allowsSpecial
        }
    }

    /// Most steps of one plan: a person must be able to look at it, and it is kept whole.
    package static let stepLimit = 200_000
    /// Most entries of a backup that one plan in place compares with a machine.
    package static let entryLimit = 500_000

    /// What was computed.
    package struct Result: Sendable, Equatable {
        package var steps: [RestoreStep] = []
        package var conflicts: [String] = []
        package var warnings: [String] = []
        package var commands: [String] = []
        /// Sections where what packages bring and the backup lacks is taken away again.
        package var trims: [String] = []
        /// What was added below own paths and stays.
        var added: [[UInt8]] = []
        /// Folders in whose place something else comes.
        var replacedFolders: [[UInt8]] = []
        /// Paths that stay as they are on another machine, by the reason.
        var kept: [OtherMachine.Kept] = []
    }

    /// Kept by the system itself: restoring them would only undo its bookkeeping.
    private static let maintained: Set<[UInt8]> = Set(
        [
            "/etc/mtab", "/etc/ld.so.cache", "/etc/.pwd.lock", "/etc/.updated", "/etc/adjtime",
            "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
        ].map { Array($0.utf8) })
    /// Whether the system keeps a file itself, so that it is never planned.
    static func isMaintained(_ path: [UInt8]) -> Bool { maintained.contains(path) }

    /// Whether a file makes a machine itself, and is therefore left alone on any other.
    package static func makesMachineItself(_ path: [UInt8]) -> Bool {
        OtherMachine.part(keeping: path) != nil
    }

    let facts: PlanFacts
    private let place: RestorePlan.Place
    let options: Options

    package init(_ facts: PlanFacts, place: RestorePlan.Place, options: Options = Options()) {
        self.facts = facts
        self.place = place
        self.options = options
    }

    /// The steps, those that others need first; one more than `stepLimit` where they are more.
    package func plan() -> Result {
        var result = Result()
        if place != .inPlace {
            planFolder(&result)
            return result
        }
        planFiles(&result)
        if let additions = facts.additions, !result.added.isEmpty {
            result.warnings.append(additions.sentence(result.added, isAsked: options.removesAdded))
        }
        planFurtherNames(&result)
        checkReplacedFolders(&result)
        warnOfHidden(&result)
        planFoundation(&result)
        planUnits(&result)
        warnOfNames(&result)
        warnOfDropIns(&result)
        warnOfRunning(&result)
        result.commands = Self.commands(for: result.steps)
        planConflicts(&result)
        return result
    }

    // MARK: Files

    private func planFolder(_ result: inout Result) {
        for entry in facts.wanted where isAllowed(entry, &result) {
            result.steps.append(
                step(.create, entry, nil, sections: facts.wantedSections, what: [entry.kind.words]))
            guard result.steps.count <= Self.stepLimit else { return }
        }
    }

    private func planFiles(_ result: inout Result) {
        var (left, right) = (0, 0)
        let (wanted, present) = (facts.wanted, facts.present)
        while left < wanted.count || right < present.count {
            guard result.steps.count <= Self.stepLimit else { return }
            if right == present.count
                || left < wanted.count && ByteOrder.precedes(wanted[left].path, present[right].path)
            {
                create(wanted[left], &result)
                left += 1
            } else if left == wanted.count || ByteOrder.precedes(present[right].path, wanted[left].path) {
                remove(present[right], &result)
                right += 1
            } else {
                compare(wanted[left], present[right], &result)
                (left, right) = (left + 1, right + 1)
            }
        }
    }

    private func create(_ entry: FileEntry, _ result: inout Result) {
        guard !isSkipped(entry, &result), isAllowed(entry, &result) else { return }
        result.steps.append(
            step(.create, entry, nil, sections: facts.wantedSections, what: [entry.kind.words]))
    }

    private func remove(_ entry: FileEntry, _ result: inout Result) {
        guard options.removes, !Self.maintained.contains(entry.path), entry.kind != .socket else { return }
        let section = name(entry.section, in: facts.presentSections)
        guard keeper(of: entry.path) == nil else { return }
        let isWhole = facts.wholeSections.contains(section)
        if !isWhole {
            guard let additions = facts.additions, additions.holds(entry.path, section) else { return }
            let place = (path: entry.path, isFolder: entry.kind == .folder)
            guard options.removesAdded, additions.gives(place, keepsFolders: facts.hidesSome) else {
                result.added.append(entry.path)
                return
            }
        }
        // Accounts of the other machine, and its packages, keep what is theirs.
        guard facts.isSameMachine || !Self.ownSections.contains(section) else { return }
        var step = step(.remove, nil, entry, sections: facts.presentSections, what: [entry.kind.words])
        // What people added themselves is worth a look.
        if !isWhole { step.risk = max(step.risk, .medium) }
        result.steps.append(step)
    }

    static func isBelow(_ path: [UInt8], _ folder: [UInt8]) -> Bool {
        path.count > folder.count && path.starts(with: folder)
            && (folder.count == 1 || path[folder.count] == UInt8(ascii: "/"))
    }

    private func compare(_ wanted: FileEntry, _ present: FileEntry, _ result: inout Result) {
        let marks = (FileMark(present, hash: facts.hash), FileMark(wanted, hash: facts.hash))
        guard marks.0 != marks.1, !isSkipped(wanted, &result), isAllowed(wanted, &result) else { return }
        let isFolder = wanted.kind == .folder && present.kind == .folder
        var step = step(
            isFolder ? .attributes : .replace, wanted, present, sections: facts.wantedSections,
            what: Self.differences(wanted, present))
        if present.kind == .folder, !isFolder {
            result.replacedFolders.append(present.path)
            step.risk = max(step.risk, .medium)
        }
        result.steps.append(step)
    }

    /// A file that is replaced is another one: its further names have to become names of that.
    private func planFurtherNames(_ result: inout Result) {
        let links = facts.wanted.filter { $0.kind == .hardLink }
        guard !links.isEmpty else { return }
        let made = Set(
            result.steps.lazy.filter { $0.action == .create || $0.action == .replace }.map(\.subject))
        let behind = links.filter { made.contains($0.linkTarget) && !made.contains($0.path) }
        guard !behind.isEmpty else { return }
        let present = Dictionary(facts.present.map { ($0.path, $0) }) { first, _ in first }
        for link in behind {
            guard let now = present[link.path], !isSkipped(link, &result), isAllowed(link, &result) else {
                continue
            }
            result.steps.append(
                step(
                    .replace, link, now, sections: facts.wantedSections,
                    what: ["further name of \(DeviceText.path(link.linkTarget))"]))
        }
        result.steps.sort { ByteOrder.precedes($0.subject, $1.subject) }
    }

    /// What nobody read is found on the device alone, which keeps the folder then.
    private func warnOfHidden(_ result: inout Result) {
        let removed = Set(result.steps.filter { $0.action == .remove }.map(\.subject))
        let going = facts.present.lazy.filter { $0.kind == .folder && removed.contains($0.path) }
            .map(\.path)
        let names = (result.replacedFolders + going).map { DeviceText.path($0) }
        guard facts.hidesSome, !names.isEmpty else { return }
        result.warnings.append(
            "folders go that may hold what an exclusion matches, which was not looked at: \(Self.list(names)); if one does, the device refuses the plan"
        )
    }

    /// Nothing may go with a folder that no step takes away.
    private func checkReplacedFolders(_ result: inout Result) {
        guard !result.replacedFolders.isEmpty else { return }
        let removed = Set(result.steps.filter { $0.action == .remove }.map(\.subject))
        for folder in result.replacedFolders {
            let holds = facts.present.filter { Self.isBelow($0.path, folder) && !removed.contains($0.path) }
            let kept = facts.additions?.kept.filter { $0 == folder || Self.isBelow($0, folder) } ?? []
            let names = Set((holds.map(\.path) + kept).map { DeviceText.path($0) }).sorted()
            guard !names.isEmpty else { continue }
            let way = options.removesAdded || facts.additions == nil ? "" : " --remove-added, or"
            result.conflicts.append(
                "\(DeviceText.path(folder)) is a folder, and no folder in the backup; what it holds would be lost: \(Self.list(names)); move that away, or plan with\(way) --exclude"
            )
        }
    }

    /// What differs, as words.
    private static func differences(_ wanted: FileEntry, _ present: FileEntry) -> [String] {
        var what: [String] = []
        if wanted.kind != present.kind { what.append("kind \(present.kind.words) -> \(wanted.kind.words)") }
        if wanted.mode != present.mode, wanted.kind != .symbolicLink {
            what.append("mode \(octal(present.mode)) -> \(octal(wanted.mode))")
        }
        if wanted.userID != present.userID || wanted.groupID != present.groupID {
            what.append(
                "owner \(present.userID):\(present.groupID) -> \(wanted.userID):\(wanted.groupID)")
        }
        if wanted.linkTarget != present.linkTarget {
            what.append(
                "target \(DeviceText.path(present.linkTarget)) -> \(DeviceText.path(wanted.linkTarget))")
        }
        if wanted.attributes != present.attributes { what.append("attributes") }
        if wanted.content != present.content { what.append("content") }
        return what
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private func isSkipped(_ entry: FileEntry, _ result: inout Result) -> Bool {
        if Self.maintained.contains(entry.path) { return true }
        guard let part = keeper(of: entry.path) else { return false }
        result.keep(entry.path, part)
        return true
    }

    /// Why a path stays as it is here; nil when it does not.
    private func keeper(of path: [UInt8]) -> OtherMachine.Part? {
        if let other = facts.other { return other.part(keeping: path) }
        return facts.isSameMachine ? nil : OtherMachine.part(keeping: path)
    }

    /// Refuses what could do harm by its mere presence.
    private func isAllowed(_ entry: FileEntry, _ result: inout Result) -> Bool {
        if let reason = PathGuard.problem(entry) {
            result.conflicts.append("\(DeviceText.path(entry.path)) \(reason)")
            return false
        }
        if entry.kind == .socket { return false }
        guard entry.isSpecial, !options.allowsSpecial else { return true }
        result.warnings.append(
            "\(DeviceText.path(entry.path)) is a device node or setuid file and is left out; --special takes it"
        )
        return false
    }

    private func step(
        _ action: RestoreStep.Action, _ wanted: FileEntry?, _ present: FileEntry?, sections: [String],
        what: [String]
    ) -> RestoreStep {
        let entry = wanted ?? present
        let path = entry?.path ?? []
        let areas = place == .inPlace ? RestoreArea.of(path) : []
        // What anybody may use to become somebody else is no small matter, wherever it comes to lie.
        let isSpecial = wanted?.isSpecial ?? false
        let mode = isSpecial && present == nil ? wanted.map { ["mode \(Self.octal($0.mode))"] } ?? [] : []
        return RestoreStep(
            action: action, subject: path, section: name(entry?.section ?? 0, in: sections),
            what: what + mode,
            risk: isSpecial ? .high : areas.map(\.risk).max() ?? .low, areas: areas.map(\.name),
            isAround: facts.around.contains(path),
            before: FileMark(present, hash: facts.hash), after: FileMark(wanted, hash: facts.hash))
    }

    private func name(_ index: Int, in names: [String]) -> String {
        names.indices.contains(index) ? names[index] : ""
    }

    // MARK: Units

    private func planUnits(_ result: inout Result) {
        let settable: Set = ["enabled", "disabled", "masked"]
        let present = Dictionary(facts.presentUnits.map { ($0.name, $0.value) }) { first, _ in first }
        let removed = Set(result.steps.filter { $0.action == .remove }.map(\.name))
        for unit in facts.wantedUnits where settable.contains(unit.value) && UnitName.isLoadable(unit.name) {
            let now = present[unit.name] ?? "missing"
            guard now != unit.value, settable.contains(now) || now == "missing" else { continue }
            guard !removed.contains("/etc/systemd/system/\(unit.name)") else { continue }
            // A template, or a unit whose file neither is there nor comes with this plan, has nothing to enable.
            let template = UnitName.template(of: unit.name)
            guard
                now != "missing" || comes(unit.name, result)
                    || template.map({ present[$0] != nil || comes($0, result) }) == true
            else { continue }
            result.steps.append(
                RestoreStep(
                    action: .unit, subject: Array(unit.name.utf8), section: unit.section,
                    what: ["\(now) -> \(unit.value)"], risk: .medium, areas: ["units"], from: now,
                    to: unit.value))
        }
    }

    /// What ends like a unit and is called as none may be is a file like any other.
    private func warnOfNames(_ result: inout Result) {
        for step in result.steps {
            guard let unit = step.unitName, !UnitName.isLoadable(unit) else { continue }
            result.warnings.append(
                "systemd loads no unit of the name ‘\(unit)’: \(step.name) is restored as a plain file, neither checked nor started"
            )
        }
    }

    private func warnOfDropIns(_ result: inout Result) {
        let restarted = Set(result.steps.compactMap(\.restartedUnit))
        let units = Set(result.steps.compactMap(\.dropInUnit)).subtracting(restarted).map(String.init)
        guard !units.isEmpty else { return }
        result.warnings.append(
            "drop-ins change, for which nothing is restarted: what runs of \(Self.list(units.sorted())) goes on as it is until it is restarted"
        )
    }

    /// How the sentence ends on units that are switched off.
    package static let goesOn = "goes on until it is stopped: a unit that is switched off is not stopped"

    private func warnOfRunning(_ result: inout Result) {
        let units = result.steps.filter {
            $0.action == .unit && $0.from == "enabled" && ($0.to == "disabled" || $0.to == "masked")
        }
        guard !units.isEmpty else { return }
        result.warnings.append(
            "what runs of \(Self.list(units.map(\.name).sorted())) \(Self.goesOn)"
        )
    }

    private func comes(_ unit: String, _ result: Result) -> Bool {
        result.steps.contains { $0.action == .create && $0.name.hasSuffix("/" + unit) }
            || result.steps.contains { $0.action == .install }
    }

    // MARK: Around

    /// What runs on the device after the files are in their places, as lines for people.
    package static func commands(for steps: [RestoreStep]) -> [String] {
        let touched = Set(steps.flatMap(\.areas))
        let ofAreas = RestoreArea.all.filter { touched.contains($0.name) }.flatMap { area -> [String] in
            var lines = area.activation.split(separator: "\n").map(String.init)
            if let unit = area.units.first { lines.append("systemctl reload-or-restart \(unit)") }
            return lines
        }
        var called: Set<String> = []
        return ofAreas + steps.compactMap(\.unitCommand).filter { called.insert($0).inserted }
    }

    private func planConflicts(_ result: inout Result) {
        let incoming = Set(
            result.steps.filter { $0.name == "/etc/passwd" && $0.action != .remove }.map(\.name))
        guard !facts.users.isEmpty, incoming.isEmpty else { return }
        let made = facts.accounts.steps.filter { $0.action == .user }.map(\.name)
        let wanted = Set(result.steps.filter(\.isFile).map(\.subject))
        let owners = Set(
            facts.wanted.lazy.filter { wanted.contains($0.path) && !$0.user.isEmpty }.map(\.user))
        for owner in owners.subtracting(facts.users).subtracting(made).sorted() {
            result.conflicts.append(
                "the user ‘\(owner)’ owns files of the backup and does not exist on the device; restore ‘users’ as well, create it, or give its files to another one with --map"
            )
        }
    }
}
