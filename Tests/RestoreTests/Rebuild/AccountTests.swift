import Basics
import Testing
import Vault

@testable import Restore

@Suite("Accounts on another machine")
struct AccountTests {
    private typealias User = AccountTable.User
    private typealias Group = AccountTable.Group

    private static func plan(_ wanted: AccountTable, _ present: AccountTable) -> AccountPlanner.Result {
        AccountPlanner(wanted: wanted, present: present).plan()
    }

    private static func words(_ result: AccountPlanner.Result) -> [String] {
        result.steps.map { "\($0.action) \($0.name) \($0.to)" }
    }

    @Test func `new accounts keep their numbers where these are free`() {
        let wanted = AccountTable(
            users: [User(name: "alice", id: 1005, groupID: 1005, home: "/home/alice")],
            groups: [
                Group(name: "alice", id: 1005), Group(name: "web", id: 700, members: ["alice", "ghost"]),
            ])
        let result = Self.plan(wanted, AccountTable(users: [User(name: "root", id: 0, groupID: 0)]))
        #expect(Self.words(result) == ["group web 700", "group alice 1005", "user alice 1005:1005"])
        #expect(result.steps[0].what.contains("adds alice") && !result.steps[0].what.contains("adds ghost"))
        #expect(result.owners.isEmpty && result.conflicts == [])
    }

    @Test func `a number that is taken is another one there, and files follow`() {
        let wanted = AccountTable(
            users: [
                User(name: "alice", id: 1000, groupID: 1000), User(name: "bob", id: 1001, groupID: 1000),
                User(name: "svc", id: 999, groupID: 999),
            ],
            groups: [Group(name: "people", id: 1000), Group(name: "svc", id: 999)])
        let present = AccountTable(
            users: [User(name: "zoe", id: 1000, groupID: 1000), User(name: "svc", id: 101, groupID: 101)],
            groups: [Group(name: "zoe", id: 1000), Group(name: "svc", id: 101)])
        let result = Self.plan(wanted, present)
        // 1001 is kept for bob and is not dealt out to alice.
        #expect(Self.words(result) == ["group people 1001", "user alice 1002:1001", "user bob 1001:1001"])
        #expect(result.owners.users == [1000: 1002, 999: 101])
        #expect(result.owners.groups == [1000: 1001, 999: 101])
        let file = FileEntry(path: [0x2F], kind: .file, userID: 999, groupID: 1000)
        let moved = result.owners.applied(to: file)
        #expect(moved.userID == 101 && moved.groupID == 1001)
    }

    @Test func `a group that both have gets the members it lacks`() {
        let wanted = AccountTable(
            users: [User(name: "alice", id: 1000, groupID: 1000)],
            groups: [Group(name: "sudo", id: 27, members: ["alice", "ops"])])
        let present = AccountTable(
            users: [User(name: "ops", id: 1000, groupID: 1000)],
            groups: [Group(name: "sudo", id: 27, members: ["ops"])])
        let step = Self.plan(wanted, present).steps.first { $0.action == .group }
        #expect(step?.from == "27" && step?.what == ["adds alice"])
    }

    @Test func `names that mean something to a file or a shell are left out, and so is a second root`() {
        let wanted = AccountTable(
            users: [
                User(name: "a:b", id: 1000, groupID: 1), User(name: "$(x)", id: 1001, groupID: 1),
                User(name: "toor", id: 0, groupID: 0),
            ], groups: [Group(name: "-rf", id: 1002)])
        let result = Self.plan(wanted, AccountTable())
        #expect(result.steps == [] && result.warnings.count == 4)
    }

    @Test(arguments: [
        ("alice", true), ("Debian-exim", true), ("_apt", true), ("a.b", true), ("host$", true), ("", false),
        ("-x", false), ("a b", false), ("a$b", false), ("a\nb", false), ("ä", false),
        (String(repeating: "a", count: 33), false),
    ])
    func `names of accounts`(_ name: String, _ isPlain: Bool) {
        #expect(AccountTable.isPlain(name) == isPlain)
    }

    private static let texts = [
        "passwd": "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/bash\n",
        "shadow": "alice:$6$salt$hash:19000:0:99999:7:::\n", "group": "alice:x:1000:\nsudo:x:27:alice\n",
        "gshadow": "alice:!::\n", "subuid": "alice:100000:65536\n",
    ]

    private static func step(
        _ action: RestoreStep.Action, _ name: String, _ to: String, from: String = "", what: [String] = []
    )
        -> RestoreStep
    {
        RestoreStep(
            action: action, subject: Array(name.utf8), section: "users", what: what, from: from, to: to)
    }

    @Test func `lines come from the backup with the numbers of the plan`() {
        let edit = AccountEdit(
            [
                Self.step(.group, "alice", "1002"),
                Self.step(.group, "sudo", "27", from: "27", what: ["adds alice"]),
                Self.step(.user, "alice", "1002:1002"),
            ], texts: Self.texts)
        #expect(edit.forward["passwd"] == ["+alice:x:1002:1002:Alice:/home/alice:/bin/bash"])
        #expect(edit.forward["shadow"] == ["+alice:$6$salt$hash:19000:0:99999:7:::"])
        #expect(edit.forward["group"] == ["+alice:x:1002:", "m sudo alice"])
        #expect(edit.forward["subuid"] == ["+alice:100000:65536"])
        #expect(
            edit.backward["passwd"] == ["-alice"] && edit.backward["group"] == ["-alice", "u sudo alice"])
        #expect(edit.homes.map(\.path) == ["/home/alice"])
    }

    @Test func `without the line of shadow nobody logs in by password`() {
        let edit = AccountEdit(
            [Self.step(.user, "alice", "7:7")], texts: ["passwd": Self.texts["passwd"] ?? ""])
        #expect(edit.forward["shadow"] == ["+alice:!:::::::"])
    }

    @Test func `a user with another name there has the line under that name`() {
        let maps = RestoreMaps([RestoreMap(.user, from: "alice", to: "bob")])
        let edit = AccountEdit([Self.step(.user, "bob", "7:7")], texts: Self.texts, maps: maps)
        #expect(edit.forward["passwd"] == ["+bob:x:7:7:Alice:/home/alice:/bin/bash"])
    }

    @Test func `what was made is taken out again, while it is as it was made`() throws {
        let made = Self.step(.user, "alice", "1002:1002")
        let table = AccountTable(users: [User(name: "alice", id: 1002, groupID: 1002)])
        let back = try #require(made.takenBack(from: table))
        let edit = AccountEdit([back], texts: [:])
        #expect(edit.removes && edit.forward["passwd"] == ["-alice"])
        let other = AccountTable(users: [User(name: "alice", id: 5, groupID: 5)])
        #expect(made.takenBack(from: other) == nil && made.takenBack(from: AccountTable()) == nil)
        let program = Self.step(.user, "web", "999:999")
        let web = AccountTable(users: [User(name: "web", id: 999, groupID: 999)])
        #expect(
            program.takenBack(from: web) != nil && program.takenBack(from: web, keepsPrograms: true) == nil)
        let member = Self.step(.group, "sudo", "27", from: "27", what: ["adds alice", "adds bob"])
        let sudo = AccountTable(groups: [Group(name: "sudo", id: 27, members: ["bob"])])
        #expect(member.takenBack(from: sudo)?.what == ["removes bob"])
    }

    @Test func `the numbers of owners come back as they were stored`() {
        let map = OwnerMap(users: [1: 2, 3: 3], groups: [4: 5])
        #expect(map.users == [1: 2])
        #expect(OwnerMap(json: map.json) == map)
        #expect(OwnerMap(json: .object(["users": .object(["x": .int(1)]), "groups": .object([:])])) == nil)
    }
}
