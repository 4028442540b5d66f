import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

/// Accounts of a backup beside those of another machine, and the way in to that one.
struct OtherAccounts: Sendable {
    let machine: OtherMachine
    let plan: AccountPlanner.Result
    private let wanted: AccountTable
    private let present: AccountTable

    init(
        _ device: Device, _ scope: RestoreScope, wanted: DeviceState, present: DeviceState,
        _ translation: RestoreReading.Translation
    ) {
        self.wanted = translation.maps.accounts(AccountTable(things: Self.things(wanted)))
        self.present = AccountTable(things: Self.things(present))
        machine = Self.machine(device, self.present)
        let makes = scope.sections.contains("users") && scope.globs.isEmpty
        plan =
            makes && !self.wanted.isEmpty && !self.present.isEmpty
            ? AccountPlanner(wanted: self.wanted, present: self.present).plan() : AccountPlanner.Result()
    }

    static func things(_ state: DeviceState) -> [RebuildFacts.Thing] {
        (state.items["users"] ?? []).map {
            RebuildFacts.Thing(kind: $0.kind, name: $0.name, fields: $0.fields)
        }
    }

    /// The way in: of an account that is not known by name, every account of the machine may be it.
    private static func machine(_ device: Device, _ present: AccountTable) -> OtherMachine {
        guard case .ssh(let target) = device.connection else { return OtherMachine(accounts: []) }
        let people = present.users.values.filter { $0.id == 0 || $0.id >= 1000 }.map { ($0.name, $0.home) }
        if let name = target.user {
            return OtherMachine(accounts: [(name, present.users[name]?.home ?? "")])
        }
        return OtherMachine(accounts: people.sorted { $0.0 < $1.0 })
    }

    /// The number that each owner of a file has on the other machine.
    func owners(of entries: [FileEntry]) -> OwnerMap {
        var users: [String: UInt32] = present.users.mapValues(\.id)
        var groups: [String: UInt32] = present.groups.mapValues(\.id)
        for step in plan.steps {
            let number = step.to.prefix { $0 != ":" }
            if step.action == .user { users[step.name] = UInt32(number) }
            if step.action == .group { groups[step.name] = UInt32(number) }
        }
        var map = OwnerMap()
        for entry in entries {
            if let number = users[entry.user] { map.users[entry.userID] = map.users[entry.userID] ?? number }
            if let number = groups[entry.group] {
                map.groups[entry.groupID] = map.groups[entry.groupID] ?? number
            }
        }
        return OwnerMap(users: map.users, groups: map.groups)
    }
}
