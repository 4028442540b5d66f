import Basics
import Codecs
import Testing
import Vault

@testable import Restore

@Suite struct RestorePlannerTests {
    static let hash = VaultKey.random().hash(for: .restore)

    static func file(
        _ path: String, mode: UInt32 = 0o644, kind: FileEntry.Kind = .file, owner: UInt32 = 0,
        user: String = "root", content: UInt64 = 1, target: String = "", section: Int = 0
    ) -> FileEntry {
        let isFile = kind == .file
        return FileEntry(
            path: Array(path.utf8), kind: kind, mode: mode, userID: owner, user: user, size: isFile ? 4 : 0,
            linkTarget: Array(target.utf8),
            content: isFile ? [ContentRef(id: ObjectID(Digest256(content, 0, 0, 0)), length: 4)] : [],
            section: section)
    }

    static func facts(
        _ wanted: [FileEntry], _ present: [FileEntry], isSame: Bool = true, whole: Set<String> = ["cron"]
    ) -> PlanFacts {
        PlanFacts(
            wanted: wanted, present: present, wantedSections: ["cron"], presentSections: ["cron"],
            wholeSections: whole, isSameMachine: isSame, hash: hash)
    }

    private func steps(_ facts: PlanFacts, _ options: RestorePlanner.Options = .init()) -> [String] {
        RestorePlanner(facts, place: .inPlace, options: options).plan().steps
            .map { "\($0.action) \($0.name)" }
    }

    @Test func `a file in a folder of units whose name is no unit's is a plain file, which is told`() {
        let paths = ["a b.service", "a.service", "a.service.d/x y.conf"].map { "/etc/systemd/system/\($0)" }
        var facts = Self.facts(paths.map { Self.file($0) }, [])
        facts.wantedUnits = [
            .init(name: "a b.service", value: "enabled", section: "systemd-units"),
            .init(name: "a.service", value: "enabled", section: "systemd-units"),
        ]
        let result = RestorePlanner(facts, place: .inPlace).plan()
        #expect(result.steps.filter { $0.action == .unit }.map(\.name) == ["a.service"])
        #expect(
            result.warnings == [
                "systemd loads no unit of the name ‘a b.service’: /etc/systemd/system/a b.service is restored as a plain file, neither checked nor started"
            ])
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let wanted: [FileEntry]
        let present: [FileEntry]
        let steps: [String]
    }

    static let cases: [Case] = [
        Case(testDescription: "nothing differs", wanted: [file("/a")], present: [file("/a")], steps: []),
        Case(testDescription: "missing", wanted: [file("/a")], present: [], steps: ["create /a"]),
        Case(
            testDescription: "more than the backup has", wanted: [], present: [file("/a")],
            steps: ["remove /a"]),
        Case(
            testDescription: "content", wanted: [file("/a")], present: [file("/a", content: 2)],
            steps: ["replace /a"]),
        Case(
            testDescription: "mode", wanted: [file("/a")], present: [file("/a", mode: 0o600)],
            steps: ["replace /a"]),
        Case(
            testDescription: "a folder's mode", wanted: [file("/d", kind: .folder)],
            present: [file("/d", mode: 0o700, kind: .folder)], steps: ["attributes /d"]),
        Case(
            testDescription: "a link's mode means nothing",
            wanted: [file("/l", kind: .symbolicLink, target: "x")],
            present: [file("/l", mode: 0o777, kind: .symbolicLink, target: "x")], steps: []),
        Case(
            testDescription: "another kind", wanted: [file("/a", kind: .folder)], present: [file("/a")],
            steps: ["replace /a"]),
        Case(
            testDescription: "what the system maintains", wanted: [file("/etc/ld.so.cache")],
            present: [file("/etc/ld.so.cache", content: 2), file("/etc/passwd-")], steps: []),
        Case(
            testDescription: "setuid is left out", wanted: [file("/s", mode: 0o4755)], present: [], steps: []),
        Case(
            testDescription: "order by bytes, not by folders",
            wanted: [file("/d", kind: .folder), file("/d-x"), file("/d/x")], present: [],
            steps: ["create /d", "create /d-x", "create /d/x"]),
    ]

    @Test(arguments: cases)
    func `two states make these steps`(_ row: Case) {
        #expect(steps(Self.facts(row.wanted, row.present)) == row.steps)
    }

    @Test func `what a section did not read as a whole is never removed`() {
        #expect(steps(Self.facts([], [Self.file("/a")], whole: [])) == [])
        #expect(steps(Self.facts([], [Self.file("/a")]), .init(removes: false)) == [])
    }

    @Test func `another machine keeps what makes it itself`() {
        let wanted = [Self.file("/etc/cron.d/x"), Self.file("/etc/fstab"), Self.file("/etc/netplan/a.yaml")]
        let result = RestorePlanner(Self.facts(wanted, [], isSame: false), place: .inPlace).plan()
        #expect(result.steps.map(\.name) == ["/etc/cron.d/x"])
        #expect(result.warnings.count == 2)
    }

    @Test func `a name that leads elsewhere is a conflict, not a step`() {
        let result = RestorePlanner(
            Self.facts([Self.file("/etc/../root/x"), Self.file("relative")], []), place: .inPlace
        ).plan()
        #expect(result.steps == [])
        #expect(result.conflicts.count == 2)
    }

    @Test func `an owner that does not exist is a conflict`() {
        var facts = Self.facts([Self.file("/a", owner: 1000, user: "alice")], [])
        facts.users = ["root"]
        #expect(RestorePlanner(facts, place: .inPlace).plan().conflicts.first?.contains("alice") == true)
        facts.users = ["root", "alice"]
        #expect(RestorePlanner(facts, place: .inPlace).plan().conflicts == [])
    }

    @Test func `units get their state back, if there is a unit`() {
        var facts = Self.facts([], [])
        facts.wantedUnits = [
            .init(name: "a.service", value: "enabled", section: "systemd-units"),
            .init(name: "b.service", value: "static", section: "systemd-units"),
            .init(name: "c.service", value: "masked", section: "systemd-units"),
            .init(name: "gone.service", value: "enabled", section: "systemd-units"),
        ]
        facts.presentUnits = [
            .init(name: "a.service", value: "disabled", section: "systemd-units"),
            .init(name: "b.service", value: "disabled", section: "systemd-units"),
            .init(name: "c.service", value: "enabled", section: "systemd-units"),
        ]
        let steps = RestorePlanner(facts, place: .inPlace).plan().steps
        #expect(
            steps.map { "\($0.name) \($0.from) \($0.to)" } == [
                "a.service disabled enabled", "c.service enabled masked",
            ])
    }

    @Test func `packages that are missing are installed, more are named and stay`() {
        var facts = Self.facts([], [])
        facts.wantedPackages = [.init(name: "nginx", value: "1.22", section: "packages-dpkg")]
        facts.presentPackages = [.init(name: "htop", value: "3", section: "packages-dpkg")]
        let result = RestorePlanner(facts, place: .inPlace).plan()
        #expect(result.steps.map { "\($0.action) \($0.name) \($0.to)" } == ["install nginx 1.22"])
        #expect(result.warnings.first?.contains("htop") == true)
    }

    @Test func `what may lock out is high risk and says so`() {
        let result = RestorePlanner(
            Self.facts([Self.file("/etc/ssh/sshd_config"), Self.file("/etc/cron.d/x")], []), place: .inPlace
        )
        .plan()
        #expect(result.steps.map(\.risk) == [.high, .low])
        #expect(result.commands.contains("systemctl reload-or-restart ssh.service"))
    }

    @Test func `each unit that is restarted or switched stands among the commands, drop-ins are told`() {
        let folder = "/etc/systemd/system/"
        var facts = Self.facts(
            ["app.service", "x y.service", "t@.service", "off.service", "drop.service.d/a.conf"].map {
                Self.file(folder + $0)
            },
            [Self.file(folder + "app.service", content: 2), Self.file(folder + "gone.service.d/b.conf")])
        facts.wantedUnits = [
            .init(name: "off.service", value: "masked", section: "systemd-units"),
            .init(name: "on.timer", value: "enabled", section: "systemd-units"),
        ]
        facts.presentUnits = [
            .init(name: "off.service", value: "enabled", section: "systemd-units"),
            .init(name: "on.timer", value: "disabled", section: "systemd-units"),
        ]
        let result = RestorePlanner(facts, place: .inPlace).plan()
        #expect(
            result.commands == [
                "systemctl daemon-reload", "systemctl try-restart app.service",
                "systemctl try-restart off.service", "systemctl mask off.service",
                "systemctl enable --now on.timer",
            ])
        #expect(
            result.warnings.contains(
                "drop-ins change, for which nothing is restarted: what runs of drop.service, gone.service goes on as it is until it is restarted"
            ), "\(result.warnings)")
    }

    @Test func `a file that is replaced takes its further names with it`() {
        let names = [
            Self.file("/b", kind: .hardLink, target: "/d"), Self.file("/c", kind: .hardLink, target: "/d"),
            Self.file("/e", kind: .hardLink, target: "/f"),
        ].sorted { $0.path.lexicographicallyPrecedes($1.path) }
        func all(_ content: UInt64) -> [FileEntry] {
            (names + [Self.file("/d", content: content), Self.file("/f")])
                .sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
        #expect(steps(Self.facts(all(1), all(1))) == [])
        #expect(steps(Self.facts(all(1), all(2))) == ["replace /b", "replace /c", "replace /d"])
        // One that is missing is made once.
        let present = all(2).filter { $0.path != Array("/c".utf8) }
        #expect(steps(Self.facts(all(1), present)) == ["replace /b", "create /c", "replace /d"])
    }

    @Test func `an instance of a template that is there is enabled again`() {
        func unit(_ name: String, _ value: String) -> PlanFacts.Named {
            .init(name: name, value: value, section: "systemd-units")
        }
        var facts = Self.facts([], [])
        facts.wantedUnits = [unit("tm@one.service", "enabled"), unit("gone@x.service", "enabled")]
        facts.presentUnits = [unit("tm@.service", "disabled")]
        let result = RestorePlanner(facts, place: .inPlace).plan()
        #expect(result.commands == ["systemctl daemon-reload", "systemctl enable --now tm@one.service"])
    }

    @Test func `what is switched off goes on running, which is told`() {
        var facts = Self.facts([], [])
        facts.wantedUnits = [.init(name: "a.service", value: "disabled", section: "systemd-units")]
        facts.presentUnits = [.init(name: "a.service", value: "enabled", section: "systemd-units")]
        let result = RestorePlanner(facts, place: .inPlace).plan()
        #expect(
            result.warnings == [
                "what runs of a.service goes on until it is stopped: a unit that is switched off is not stopped"
            ])
    }
}
