import Basics
import Collectors
import TestSupport
import Testing

@Suite("Names found on the device", .timeLimit(.minutes(5)))
struct HostileNamesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let collector: any Collector.Type
        let probe: String
        let tool: String
        let shell: StubbedShell
        var testDescription: String { "\(collector.name) in \(shell.testDescription)" }

        static let all: [Case] = StubbedShell.installed.flatMap { shell in
            [
                Case(
                    collector: DockerContainersCollector.self, probe: "inspect", tool: "docker", shell: shell),
                Case(collector: DockerNetworksCollector.self, probe: "inspect", tool: "docker", shell: shell),
                Case(collector: DockerVolumesCollector.self, probe: "inspect", tool: "docker", shell: shell),
                Case(collector: DockerImagesCollector.self, probe: "inspect", tool: "docker", shell: shell),
                Case(collector: ComposeCollector.self, probe: "docker", tool: "docker", shell: shell),
            ]
        }
    }

    private static let hostile = [
        "$(touch pwned)", "`touch pwned`", "; touch pwned", "-rf", "--help", "a b", "*", "quote'\"end",
        "back\\slash",
        "${PATH}", "\u{1B}[31mred", "ümlaut", "| touch pwned",
    ]

    /// Lists `names` line by line; asked to inspect, prints what it was asked for, each between `<` and `>`.
    private static func stub(failures: Int = 0) -> String {
        """
        #!/bin/sh
        case " $* " in
        *" inspect "*)
        echo again >>tries
        if [ "$(wc -l <tries)" -le \(failures) ]; then echo 'No such container' >&2; exit 1; fi
        while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
        [ "${1:-}" = -- ] || exit 98
        shift
        for name do printf '<%s>\\n' "$name"; done ;;
        *) cat names ;;
        esac
        """
    }

    private func script(_ row: Case) throws -> String {
        try #require(row.collector.probes.first { $0.name == row.probe }).script
    }

    private func prepare(_ folder: String, _ row: Case, failures: Int = 0) throws {
        try TestFiles.makeFolder(folder + "/bin")
        try TestFiles.write(
            Array(Self.stub(failures: failures).utf8), to: folder + "/bin/" + row.tool, isExecutable: true)
        let names = Self.hostile.joined(separator: "\n") + "\n"
        try TestFiles.write(Array(names.utf8), to: folder + "/names")
    }

    @Test("reach tools as plain words behind -- and are never run (defect 4)", arguments: Case.all)
    func areOnlyWords(_ row: Case) async throws {
        try await TestFiles.withScratchFolder { folder in
            try prepare(folder, row)
            let outcome = try await row.shell.run(script(row), in: folder)
            #expect(outcome.status == 0, "\(DeviceText.string(outcome.errors))")
            #expect(outcome.lines == Self.hostile.map { "<\($0)>" })
            #expect(TestFiles.names(in: folder) == ["bin", "names", "tries"], "something was made")
        }
    }

    @Test("that vanish before they are inspected are looked for again, three times", arguments: Case.all)
    func retries(_ row: Case) async throws {
        for failures in [1, 2] {
            try await TestFiles.withScratchFolder { folder in
                try prepare(folder, row, failures: failures)
                let outcome = try await row.shell.run(script(row), in: folder)
                #expect(outcome.status == 0, "\(DeviceText.string(outcome.errors))")
                #expect(outcome.lines.count == Self.hostile.count)
            }
        }
        try await TestFiles.withScratchFolder { folder in
            try prepare(folder, row, failures: 9)
            let outcome = try await row.shell.run(script(row), in: folder)
            #expect(outcome.status == 1, "a failure is not hidden")
            #expect(TestFiles.bytes(at: folder + "/tries")?.filter { $0 == 0x0A }.count == 3)
        }
    }

    @Test("are not asked about when there are none", arguments: Case.all)
    func asksNothingAboutNothing(_ row: Case) async throws {
        try await TestFiles.withScratchFolder { folder in
            try prepare(folder, row, failures: 9)
            try TestFiles.write([], to: folder + "/names")
            let outcome = try await row.shell.run(script(row), in: folder)
            #expect(outcome.status == 0)
            #expect(outcome.output.isEmpty)
        }
    }

    @Test("lead to compose files under their true names (defect 4)", arguments: StubbedShell.installed)
    func findsComposeFiles(_ shell: StubbedShell) async throws {
        let discovery = try #require(ComposeCollector.files.discovery)
        try await TestFiles.withScratchFolder { folder in
            let project = folder + "/$(touch pwned) `x` a b"
            for path in [folder + "/bin", project, project + "/-rf", folder + "/shared"] {
                try TestFiles.makeFolder(path)
            }
            let compose = """
                services:
                  web:
                    env_file: [ "a b.env", './$(touch pwned).env' ]  # both
                    extends: { file: base.yml }
                  db:
                    env_file:
                      - path: ../shared/common.env
                        required: false
                      - ${FROM_ELSEWHERE}.env
                      - -rf/x.env
                include:
                  - more.yml
                secrets:
                  pw:
                    file: "pw;touch pwned.txt"
                  wide:
                    file: /
                """
            try TestFiles.write(Array(compose.utf8), to: project + "/docker-compose.yml")
            let wanted = ["a b.env", "more.yml", "pw;touch pwned.txt", "-rf/x.env", ".env"]
            for name in wanted { try TestFiles.write([0x0A], to: project + "/" + name) }
            try TestFiles.write([0x0A], to: folder + "/shared/common.env")
            let stub = """
                #!/bin/sh
                case "$*" in
                *inspect*) printf '%s\\n' '\(project)' 'docker-compose.yml,missing.yml' '' ;;
                *) echo 0123abcd ;;
                esac
                """
            try TestFiles.write(Array(stub.utf8), to: folder + "/bin/docker", isExecutable: true)
            let outcome = try await shell.run(discovery, in: folder)
            let real = outcome.lines.filter { $0.hasPrefix(folder) }
            let expected =
                (wanted + ["docker-compose.yml"]).map { project + "/" + $0 } + [folder + "/shared/common.env"]
            #expect(real.sorted() == expected.sorted(), "\(DeviceText.string(outcome.errors))")
            #expect(!outcome.lines.contains("/"))
            #expect(!TestFiles.names(in: folder).contains("pwned"))
            #expect(!TestFiles.names(in: project).contains("pwned"))
        }
    }
}

@Suite("Probe texts")
struct ProbeTextTests {
    @Test("are read by every shell without complaint", arguments: StubbedShell.installed)
    func areProperShell(_ shell: StubbedShell) async throws {
        try await TestFiles.withScratchFolder { folder in
            for collector in allCollectors {
                let texts =
                    collector.probes.map { ($0.name, $0.script) } + [
                        ("files", collector.files.discovery ?? "")
                    ]
                for (name, text) in texts {
                    // A function is read to its end and not run.
                    let outcome = try await shell.run("hf_text() {\n:\n\(text)\n}", in: folder)
                    #expect(
                        outcome.errors.isEmpty,
                        "\(collector.name) \(name): \(DeviceText.string(outcome.errors))")
                }
            }
        }
    }
}

@Suite("Secrets in inventories")
struct InventorySecretsTests {
    @Test("are kept whole and never shown (defect 9)")
    func areKeptAndHidden() throws {
        var count = 0
        for fixture in Fixture.all {
            guard let list = fixture.bytes("absent.txt"),
                let collector = allCollectors.first(where: { $0.name == fixture.collector })
            else { continue }
            let items = try collector.parse(fixture.captures(of: collector.probes)).items
            let whole = JSONWriter.bytes(.array(items.map(\.json)))
            for secret in DeviceText.lines(list) where !secret.isEmpty {
                #expect(
                    ByteSearch.first(Array(secret.utf8), in: whole) != nil,
                    "\(fixture.testDescription) lost it")
                count += 1
            }
        }
        #expect(count > 20)
    }
}
