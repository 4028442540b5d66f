package import Basics
package import Vault

/// Numbers of users and groups that mean the same names on another machine; only those that differ.
package struct OwnerMap: Sendable, Equatable {
    package var users: [UInt32: UInt32]
    package var groups: [UInt32: UInt32]

    package init(users: [UInt32: UInt32] = [:], groups: [UInt32: UInt32] = [:]) {
        self.users = users.filter { $0.key != $0.value }
        self.groups = groups.filter { $0.key != $0.value }
    }

    package var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    /// The entry as the other machine would number its owners.
    package func applied(to entry: FileEntry) -> FileEntry {
        var entry = entry
        entry.userID = users[entry.userID] ?? entry.userID
        entry.groupID = groups[entry.groupID] ?? entry.groupID
        return entry
    }

    package var json: JSONValue {
        func table(_ numbers: [UInt32: UInt32]) -> JSONValue {
            .object(
                Dictionary(uniqueKeysWithValues: numbers.map { (String($0.key), .int(Int64($0.value))) }))
        }
        return .object(["users": table(users), "groups": table(groups)])
    }

    /// Nil when `json` has not the stored form.
    package init?(json: JSONValue) {
        func table(_ name: String) -> [UInt32: UInt32]? {
            guard let members = json[name]?.object else { return nil }
            var numbers: [UInt32: UInt32] = [:]
            for (key, value) in members {
                guard let from = UInt32(key), let to = value.int.flatMap({ UInt32(exactly: $0) }) else {
                    return nil
                }
                numbers[from] = to
            }
            return numbers
        }
        guard let users = table("users"), let groups = table("groups") else { return nil }
        self.init(users: users, groups: groups)
    }
}
