import Basics

/// Accounts and groups of the device itself, with whether and how each can log in by password.
///
/// Reads `/etc/passwd` and `/etc/group` as they are: names that come over the network (LDAP, NIS) are not
/// part of the machine. Root is needed for `/etc/shadow` alone.
/// - SeeAlso: passwd(5), shadow(5), group(5), subuid(5)
package enum UsersCollector: Collector {
    package static let name = "users"
    package static let summary = "Users and groups, their numbers, homes, shells and password states."
    package static let files = FileSet([
        "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid",
        "/etc/login.defs", "/etc/adduser.conf", "/etc/deluser.conf", "/etc/default/useradd", "/etc/shells",
        "/etc/skel", "/etc/security", "/etc/pam.d", "/etc/nsswitch.conf",
    ])

    package static let probes = [
        Probe(
            "accounts", isRequired: true,
            script: #"""
                cat /etc/passwd && printf '\n=== group\n' && exec cat /etc/group

                """#),
        Probe("shadow", rootCommand: "/usr/bin/cat /etc/shadow", script: "hf_root cat /etc/shadow\n"),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        guard captures.byProbe["accounts"]?.outcome == .exited(0) else { return nil }
        let hasRoot = captures.lines("accounts").contains { line in
            let parts = line.columns(":")
            return parts.count == 7 && parts[2] == "0"
        }
        return hasRoot
            ? nil : CollectorError(probe: "accounts", "no account has the number 0, which is root's")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let halves = captures.lines("accounts").split(separator: "=== group", maxSplits: 1)
        let groups = (halves.count > 1 ? Array(halves[1]) : []).compactMap(Group.init)
        let shadow = Dictionary(captures.lines("shadow").compactMap(Shadow.init).map { ($0.name, $0) }) {
            first, _ in first
        }
        let names = Dictionary(groups.map { ($0.number, $0.name) }) { first, _ in first }
        var memberships: [String: Set<String>] = [:]
        for group in groups {
            for member in group.members { memberships[member, default: []].insert(group.name) }
        }
        let users = (halves.first ?? []).compactMap { line in
            user(line, shadow: shadow, groupNames: names, memberships: memberships)
        }
        return Inventory(unique: users + groups.map(\.item))
    }

    /// One line of passwd(5): name, password, uid, gid, comment, home, shell.
    private static func user(
        _ line: String, shadow: [String: Shadow], groupNames: [String: String],
        memberships: [String: Set<String>]
    ) -> InventoryItem? {
        let parts = line.columns(":")
        guard parts.count == 7, !parts[0].isEmpty else { return nil }
        var fields: [String: JSONValue?] = [
            "uid": .number(parts[2]), "gid": .number(parts[3]),
            "group": groupNames[parts[3]].map { .string($0) },
            "comment": .string(parts[4]), "home": .string(parts[5]), "shell": .string(parts[6]),
            "groups": .texts((memberships[parts[0]] ?? []).sorted()),
        ]
        if parts[1] != "x" {
            fields.merge(passwordFields(parts[1])) { $1 }
        } else if let entry = shadow[parts[0]] {
            fields.merge(passwordFields(entry.password)) { $1 }
            fields.merge(entry.ageing) { $1 }
        }
        return InventoryItem("user", parts[0], present: fields)
    }

    /// What the password field says: `none` lets anybody in, `locked` nobody.
    private static func passwordFields(_ text: String) -> [String: JSONValue?] {
        if text.isEmpty { return ["password": "none"] }
        let hash = String(text.drop { $0 == "!" || $0 == "*" })
        let state: JSONValue = text.hasPrefix("!") || text.hasPrefix("*") ? "locked" : "set"
        return ["password": state, "passwordHash": hash.isEmpty ? nil : .secret(hash)]
    }

    /// One line of shadow(5).
    private struct Shadow {
        let name: String
        let password: String
        let ageing: [String: JSONValue?]

        init?(_ line: String) {
            let parts = line.columns(":")
            guard parts.count >= 2, !parts[0].isEmpty else { return nil }
            (name, password) = (parts[0], parts[1])
            let names = [
                "passwordDay", "minimumDays", "maximumDays", "warningDays", "inactiveDays", "expiryDay",
            ]
            ageing = Dictionary(
                zip(names, parts.dropFirst(2).map { $0.isEmpty ? .none : .some(.number($0)) })
            ) { $1 }
        }
    }

    /// One line of group(5): name, password, gid, members.
    private struct Group {
        let name: String
        let number: String
        let members: Set<String>

        init?(_ line: String) {
            let parts = line.columns(":")
            guard parts.count == 4, !parts[0].isEmpty else { return nil }
            (name, number) = (parts[0], parts[2])
            members = Set(parts[3].columns(",").map(\.trimmed).filter { !$0.isEmpty })
        }

        var item: InventoryItem {
            InventoryItem("group", name, ["gid": .number(number), "members": .texts(members.sorted())])
        }
    }
}
