import Testing

@testable import Restore

@Suite struct ComposeFileTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        /// `purpose path line`, with `?` behind where the file may be missing.
        let references: [String]
        let variables: [String]

        init(_ name: String, _ text: String, _ references: [String], _ variables: [String] = []) {
            testDescription = name
            self.text = text
            self.references = references
            self.variables = variables
        }
    }

    static let cases: [Case] = [
        Case(
            "env_file as a text", "services:\n  app:\n    image: x\n    env_file: app.env # the secrets\n",
            ["env file app.env 4"]),
        Case(
            "env_file as a list", "services:\n  app:\n    env_file:\n      - a.env\n      - \"./b.env\"\n",
            ["env file a.env 4", "env file ./b.env 5"]),
        Case(
            "a list that is not deeper than its key",
            "services:\n  app:\n    env_file:\n    - a.env\n    ports:\n    - 80:80\n",
            ["env file a.env 4"]),
        Case(
            "env_file as a flow list", "services:\n  app:\n    env_file: [a.env, 'b.env']\n",
            ["env file a.env 3", "env file b.env 3"]),
        Case(
            "env_file that may be missing",
            "services:\n  app:\n    env_file:\n      - path: a.env\n        required: false\n      - path: b.env\n",
            ["env file a.env 4 ?", "env file b.env 6"]),
        Case(
            "secrets and configurations",
            "secrets:\n  pw:\n    file: ./pw.txt\n  other:\n    external: true\nconfigs:\n  c:\n    file: /etc/c\n  d: {file: d.conf}\n",
            ["secret file ./pw.txt 3", "configuration file /etc/c 8", "configuration file d.conf 9"]),
        Case(
            "other compose files",
            "include:\n  - other/compose.yml\n  - path: third.yml\nservices:\n  a:\n    extends:\n      file: base.yml\n      service: x\n",
            ["compose file other/compose.yml 2", "compose file third.yml 3", "compose file base.yml 7"]),
        Case(
            "comments and other files", "# env_file: no\nservices:\n  a:\n    logging:\n      file: none\n",
            []),
        Case(
            "texts are no keys",
            "services:\n  a:\n    command: |\n      env_file: no\n      file: no\n    env_file: yes.env\n",
            ["env file yes.env 6"]),
        Case(
            "variables",
            "services:\n  a:\n    image: x:${TAG:-1}\n    x: ${PW:?set it} $HOME2 $$no ${A-} ${B?}\n", [],
            ["PW 4 !", "HOME2 4", "B 4 !"]),
        Case("lines of Windows", "services:\r\n  a:\r\n    env_file: a.env\r\n", ["env file a.env 3"]),
    ]

    @Test(arguments: cases)
    func `what a compose file names`(_ row: Case) {
        let file = ComposeFile(row.text)
        let references = file.references.map {
            "\($0.purpose.rawValue) \($0.path) \($0.line)\($0.isRequired ? "" : " ?")"
        }
        #expect(references == row.references)
        #expect(file.variables.map { "\($0.name) \($0.line)\($0.isRequired ? " !" : "")" } == row.variables)
    }

    @Test func `names that an environment file sets`() {
        let text = "A=1\n# B=2\nexport C = 3\n\nD\nE=a=b\n"
        #expect(ComposeFile.names(setIn: text) == ["A", "C", "E"])
    }

    /// What the backup holds, the compose file, `.env`, and what comes of it.
    @Test(
        arguments: [
            (
                ["/srv/app/a.env"], "services:\n  a:\n    env_file: a.env\n", "", DrillCheck.Outcome.ok,
                "1 file named, all"
            ),
            (
                [], "services:\n  a:\n    env_file: a.env\n", "", .failed,
                "the env file /srv/app/a.env, named in line 3"
            ),
            (["/srv/pw"], "secrets:\n  p:\n    file: ../pw\n", "", .ok, "1 file named"),
            (
                [], "secrets:\n  p:\n    file: ../pw\n", "", .failed,
                "the secret file /srv/pw, named in line 3"
            ),
            ([], "x: ${PW:?}\n", "", .failed, "the variable PW, demanded in line 1"),
            ([], "x: ${PW:?}\n", "PW=1", .ok, "0 files named"),
            ([], "x: ${PW}\n", "", .notChecked, "the variable PW in line 1"),
            ([], "x: $PW\n", "", .notChecked, "a variable in line 1"),
            ([], "include:\n  - https://example.org/x.yml\n", "", .ok, "1 file named"),
            ([], "services:\n  a:\n    env_file: ${DIR}/a.env\n", "DIR=1", .notChecked, "depends on where"),
        ] as [([String], String, String, DrillCheck.Outcome, String)])
    func `what a project lacks is named`(
        _ held: [String], _ text: String, _ environment: String, _ outcome: DrillCheck.Outcome,
        _ words: String
    ) {
        let audit = ComposeAudit { held.contains($0) }
        let check = audit.check(
            ComposeAudit.Project(path: "/srv/app/compose.yml", text: text, environment: environment))
        #expect(check.outcome == outcome)
        #expect(check.reason.contains(words), "\(check.reason)")
    }

    /// A line of a compose file, and the part of its secret that Compose takes for a variable.
    @Test(
        arguments: [
            ("      MYSQL_PASSWORD: pa$Zq9kLmSecretTail77", "Zq9kLmSecretTail77"),
            ("      MYSQL_PASSWORD: pa${ZQ9KLMSECRETTAIL77}", "ZQ9KLMSECRETTAIL77"),
            ("      MYSQL_PASSWORD: pa${ZQ9KLMSECRETTAIL77:?}", "ZQ9KLMSECRETTAIL77"),
            ("      NOTE: pa${zq9kLmSecretTail77}", "zq9kLmSecretTail77"),
            ("      NOTE: pa$ZQ9KLM", "ZQ9KLM"),
            (
                "      - traefik.http.middlewares.a.basicauth.users=ann:$apr1$pFqaDZeV$0Nhf3Lz1TbnVjSgkpCgZb/",
                "pFqaDZeV"
            ),
            ("    env_file: https://ann:hunter22seven@${HOST}/a.env", "hunter22seven"),
        ])
    func `a secret with a dollar sign is named by its line alone`(_ line: String, _ secret: String) {
        let audit = ComposeAudit { _ in false }
        let text = "services:\n  a:\n    image: x\n    environment:\n\(line)\n"
        for values in [[], [secret]] as [Set<String>] {
            let check = audit.check(
                ComposeAudit.Project(
                    path: "/srv/app/compose.yml", text: text, environment: nil, values: values))
            #expect(check.outcome != .ok)
            #expect(!check.reason.contains(secret), "\(check.reason)")
            #expect(check.reason.contains("in line 5"), "\(check.reason)")
        }
    }
}
