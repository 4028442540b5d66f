import Basics
import Testing

@Suite("StatePaths")
struct StatePathsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var home: String?
        var environment: [String: String] = [:]
        let vault: String
        let key: String
        let database: String
        let checkpoint: String

        /// All four files in one folder.
        static func oneFolder(
            _ description: String, home: String? = nil, environment: [String: String] = [:], _ folder: String
        ) -> Case {
            Case(
                testDescription: description, home: home, environment: environment, vault: folder + "/vault",
                key: folder + "/key", database: folder + "/holdfast.db",
                checkpoint: folder + "/audit.checkpoint")
        }
    }

    static let cases: [Case] = [
        .oneFolder("--home alone", home: "/srv/hf", "/srv/hf"),
        .oneFolder(
            "--home before the variable", home: "/a", environment: ["HOLDFAST_HOME": "/b", "HOME": "/h"], "/a"
        ),
        .oneFolder(
            "the variable before XDG", environment: ["HOLDFAST_HOME": "/b", "XDG_DATA_HOME": "/d"], "/b"),
        .oneFolder("a relative home", home: "./x//y/.", "/srv/now/x/y"),
        .oneFolder("dots stay, as links may lie before them", home: "../x", "/srv/now/../x"),
        .oneFolder("a relative variable", environment: ["HOLDFAST_HOME": "state/"], "/srv/now/state"),
        Case(
            testDescription: "XDG defaults", environment: ["HOME": "/home/ann", "HOLDFAST_HOME": ""],
            vault: "/home/ann/.local/share/holdfast/vault", key: "/home/ann/.config/holdfast/key",
            database: "/home/ann/.local/share/holdfast/holdfast.db",
            checkpoint: "/home/ann/.local/state/holdfast/audit.checkpoint"),
        Case(
            testDescription: "XDG variables; relative and empty ones do not count",
            environment: [
                "HOME": "/root/", "XDG_DATA_HOME": "/data/", "XDG_CONFIG_HOME": "etc", "XDG_STATE_HOME": "",
            ],
            vault: "/data/holdfast/vault", key: "/root/.config/holdfast/key",
            database: "/data/holdfast/holdfast.db",
            checkpoint: "/root/.local/state/holdfast/audit.checkpoint"),
        Case(
            testDescription: "no HOME needed when all XDG variables are there",
            environment: ["XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"],
            vault: "/d/holdfast/vault", key: "/c/holdfast/key", database: "/d/holdfast/holdfast.db",
            checkpoint: "/s/holdfast/audit.checkpoint"),
    ]

    @Test(arguments: cases)
    func `files lie where the rules say`(_ test: Case) throws {
        let paths = try StatePaths(
            home: test.home, environment: test.environment, currentFolder: "/srv/now")
        #expect(paths.vault == test.vault)
        #expect(paths.key == test.key)
        #expect(paths.database == test.database)
        #expect(paths.checkpoint == test.checkpoint)
    }

    @Test(
        arguments: [
            ("", [:], "the folder given by --home or HOLDFAST_HOME is empty"),
            ("a\u{0}b", [:], "the folder given by --home or HOLDFAST_HOME holds a zero byte"),
            (nil, [:], "cannot tell where to keep state: set HOLDFAST_HOME, --home or HOME"),
            (nil, ["HOME": "relative"], "cannot tell where to keep state: set HOLDFAST_HOME, --home or HOME"),
        ] as [(String?, [String: String], String)])
    func `without a place there is a sentence`(home: String?, environment: [String: String], words: String) {
        let error = #expect(throws: StatePathsError.self) {
            try StatePaths(home: home, environment: environment, currentFolder: "/")
        }
        #expect(error?.description == words)
    }
}
