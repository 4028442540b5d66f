import Basics

/// Decides which accounts and groups another machine lacks, and which numbers they get there; a pure function.
///
/// Accounts that both machines have stay as they are on the other one. New ones keep their numbers where these are free.
package struct AccountPlanner: Sendable {
    /// What was decided.
    package struct Result: Sendable, Equatable {
        package var steps: [RestoreStep] = []
        package var owners = OwnerMap()
        package var warnings: [String] = []
        package var conflicts: [String] = []

        package init() {}
    }

    /// Numbers of people and of programs, as most families deal them out.
    ///
    /// - SeeAlso: login.defs(5), UID_MIN and SYS_UID_MIN.
    static let people: ClosedRange<UInt32> = 1000...59_999
    private static let programs: ClosedRange<UInt32> = 100...999

    private let wanted: AccountTable
    private let present: AccountTable
    private let section: String

    package init(wanted: AccountTable, present: AccountTable, section: String = "users") {
        self.wanted = wanted
        self.present = present
        self.section = section
    }

    /// Groups first, then users; each sorted by number, so that the same state makes the same plan.
    package func plan() -> Result {
        var result = Result()
        let groups = planGroups(&result)
        planUsers(groups, &result)
        return result
    }

    // MARK: Groups

    /// The number of each wanted group on the other machine, by name.
    private func planGroups(_ result: inout Result) -> [String: UInt32] {
        var taken = Set(present.groups.values.map(\.id))
        let missing = wanted.groups.values.filter { present.groups[$0.name] == nil }
        // A number that a new group keeps is never dealt out to another one.
        var kept: Set<UInt32> = []
        for group in missing where !taken.contains(group.id) { kept.insert(group.id) }
        var numbers: [String: UInt32] = [:]
        for group in wanted.groups.values.sorted(by: { ($0.id, $0.name) < ($1.id, $1.name) }) {
            guard AccountTable.isPlain(group.name) else {
                result.warnings.append("the group ‘\(group.name)’ has no name that could be made elsewhere")
                continue
            }
            if let other = present.groups[group.name] {
                numbers[group.name] = other.id
                result.owners.groups[group.id] = other.id
                addMembers(of: group, to: other, &result)
                continue
            }
            let isFree = !taken.contains(group.id)
            guard let number = isFree ? group.id : Self.free(near: group.id, taken.union(kept)) else {
                result.conflicts.append("no number is free for the group ‘\(group.name)’")
                continue
            }
            taken.insert(number)
            numbers[group.name] = number
            result.owners.groups[group.id] = number
            result.steps.append(groupStep(group, number))
        }
        result.owners = OwnerMap(users: result.owners.users, groups: result.owners.groups)
        return numbers
    }

    private func groupStep(_ group: AccountTable.Group, _ number: UInt32) -> RestoreStep {
        let members = group.members.filter { hasUser($0) }.sorted()
        var what = ["number \(number)\(number == group.id ? "" : ", as \(group.id) is taken")"]
        what += members.map { "adds \($0)" }
        return RestoreStep(
            action: .group, subject: Array(group.name.utf8), section: section, what: what, risk: .medium,
            to: String(number))
    }

    private func addMembers(
        of group: AccountTable.Group, to other: AccountTable.Group, _ result: inout Result
    ) {
        let missing = group.members.subtracting(other.members).filter { hasUser($0) }.sorted()
        guard !missing.isEmpty else { return }
        result.steps.append(
            RestoreStep(
                action: .group, subject: Array(group.name.utf8), section: section,
                what: missing.map { "adds \($0)" }, risk: .medium, from: String(other.id),
                to: String(other.id)))
    }

    /// Whether the user will be there: a group names nobody who is not.
    private func hasUser(_ name: String) -> Bool {
        AccountTable.isPlain(name) && (present.users[name] != nil || wanted.users[name] != nil)
    }

    // MARK: Users

    private func planUsers(_ groups: [String: UInt32], _ result: inout Result) {
        var taken = Set(present.users.values.map(\.id))
        var kept: Set<UInt32> = []
        for user in wanted.users.values where present.users[user.name] == nil && !taken.contains(user.id) {
            kept.insert(user.id)
        }
        var owners = result.owners
        for user in wanted.users.values.sorted(by: { ($0.id, $0.name) < ($1.id, $1.name) }) {
            if let other = present.users[user.name] {
                owners.users[user.id] = owners.users[user.id] ?? other.id
                continue
            }
            guard AccountTable.isPlain(user.name) else {
                result.warnings.append("the user ‘\(user.name)’ has no name that could be made elsewhere")
                continue
            }
            guard user.id != 0 else {
                result.warnings.append("‘\(user.name)’ is a second root and is left to a person")
                continue
            }
            let isFree = !taken.contains(user.id)
            guard let number = isFree ? user.id : Self.free(near: user.id, taken.union(kept)) else {
                result.conflicts.append("no number is free for the user ‘\(user.name)’")
                continue
            }
            taken.insert(number)
            owners.users[user.id] = number
            let group = wanted.group(user.groupID).flatMap { groups[$0.name] } ?? user.groupID
            let note = number == user.id ? "" : ", as \(user.id) is taken"
            result.steps.append(
                RestoreStep(
                    action: .user, subject: Array(user.name.utf8), section: section,
                    what: ["number \(number)\(note)"], risk: .medium, to: "\(number):\(group)"))
        }
        result.owners = OwnerMap(users: owners.users, groups: owners.groups)
    }

    /// The lowest free number in the range that `number` is of.
    private static func free(near number: UInt32, _ taken: Set<UInt32>) -> UInt32? {
        (people.contains(number) ? people : programs).first { !taken.contains($0) }
    }
}
