import Basics

/// Users and groups of one machine, by name.
package struct AccountTable: Sendable, Equatable {
    /// One line of passwd(5), without its secrets.
    package struct User: Sendable, Equatable {
        package var name: String
        package var id: UInt32
        package var groupID: UInt32
        package var home: String

        package init(name: String, id: UInt32, groupID: UInt32, home: String = "") {
            self.name = name
            self.id = id
            self.groupID = groupID
            self.home = home
        }
    }

    /// One line of group(5).
    package struct Group: Sendable, Equatable {
        package var name: String
        package var id: UInt32
        package var members: Set<String>

        package init(name: String, id: UInt32, members: Set<String> = []) {
            self.name = name
            self.id = id
            self.members = members
        }
    }

    package var users: [String: User]
    package var groups: [String: Group]

    package init(users: [User] = [], groups: [Group] = []) {
        self.users = Dictionary(users.map { ($0.name, $0) }) { first, _ in first }
        self.groups = Dictionary(groups.map { ($0.name, $0) }) { first, _ in first }
    }

    package var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    /// The name of the group with that number; nil when there is none.
    func group(_ id: UInt32) -> Group? {
        groups.values.filter { $0.id == id }.min { $0.name < $1.name }
    }

    /// Reads the things of the section ‘users’: kind, name and fields of each.
    package init(things: [RebuildFacts.Thing]) {
        func number(_ thing: RebuildFacts.Thing, _ field: String) -> UInt32? {
            thing.fields[field]?.int.flatMap { UInt32(exactly: $0) }
        }
        let users = things.filter { $0.kind == "user" }.compactMap { thing -> User? in
            guard let id = number(thing, "uid"), let group = number(thing, "gid") else { return nil }
            return User(name: thing.name, id: id, groupID: group, home: thing.text("home"))
        }
        let groups = things.filter { $0.kind == "group" }.compactMap { thing -> Group? in
            guard let id = number(thing, "gid") else { return nil }
            return Group(name: thing.name, id: id, members: Set(thing.texts("members")))
        }
        self.init(users: users, groups: groups)
    }

    /// Whether `name` can be written into a line of passwd(5) or group(5), and means nothing to a shell.
    /// - SeeAlso: useradd(8), CAVEATS.
    package static func isPlain(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 32 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
        }
        return isLetter(first)
            && bytes.dropFirst().enumerated().allSatisfy { index, byte in
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "$") && index == bytes.count - 2
            }
    }
}
