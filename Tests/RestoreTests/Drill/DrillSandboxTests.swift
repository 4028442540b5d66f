import Basics
import LocalExecution
import RemoteExecution
import TestSupport
import Testing

@testable import Restore

@Suite(.timeLimit(.minutes(5)))
struct DrillSandboxTests {
    private func run(_ steps: [ScriptStep]) async throws -> [Int: RestoreReader.StepResult] {
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        _ = try await LocalTransport().run(
            ShellJob(input: FramedScript.bytes(steps: steps, boundary: boundary)),
            on: .local(added: Timestamp(seconds: 0)), into: reader)
        return await reader.results
    }

    private func scratch(_ script: String) throws -> ScratchFolder {
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && mkdir -p tree/etc && cd tree && \(script)")
        return scratch
    }

    @Test func `inside are the restored files, outside nothing changes`() async throws {
        let scratch = try scratch("echo restored >etc/marker && mkdir srv && echo data >srv/file")
        let step = DrillSandbox.step(
            tool: "sh",
            script: """
                cat /etc/marker /srv/file; ls / | tr '\\n' ' '
                echo x >/etc/holdfast-drill-was-here; echo x >/usr/holdfast-drill-was-here; echo x >/holdfast-drill-was-here
                ls /sys /var/lib 2>&1; grep -c : /proc/net/dev
                """, folder: scratch.path)
        let result = try #require(try await run([step])[0])
        if result.status == 99 { return }
        #expect(result.lines.starts(with: ["restored", "data"]), "\(result.lines)")
        #expect(result.lines.contains { $0.contains("Read-only file system") })
        for path in ["/etc", "/usr", ""] {
            #expect(TestFiles.bytes(at: path + "/holdfast-drill-was-here") == nil)
        }
        let mounts = try Shell.output("cat /proc/mounts")
        #expect(!String(decoding: mounts, as: UTF8.self).contains(scratch.path))
    }

    private func check(_ name: String, _ script: String) async throws -> DrillCheck {
        let scratch = try scratch(script)
        let validator = try #require(DrillValidator.all.first { $0.name == name })
        let step = DrillSandbox.step(tool: validator.tool, script: validator.script, folder: scratch.path)
        let result = try #require(try await run([step])[0])
        return validator.check(status: result.status, lines: result.lines)
    }

    /// What is restored, and what its own program says of it.
    @Test(
        arguments: [
            (
                "sshd", "mkdir etc/ssh && echo 'Port 2222' >etc/ssh/sshd_config", DrillCheck.Outcome.ok,
                "no host keys"
            ),
            ("sshd", "mkdir etc/ssh && echo 'Prot 2222' >etc/ssh/sshd_config", .failed, "Prot"),
            ("sudo", "echo 'root ALL=(ALL) ALL' >etc/sudoers && chmod 440 etc/sudoers", .ok, "accepts"),
            ("sudo", "echo 'root ALL=(ALL' >etc/sudoers && chmod 440 etc/sudoers", .failed, "syntax error"),
            (
                "users (awk)",
                "echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd && echo 'root:x:0:' >etc/group",
                .ok, "accepts"
            ),
            (
                "users (awk)", "echo 'root:x:0:0' >etc/passwd && echo 'root:x:0:' >etc/group", .failed,
                "refuses"
            ),
        ] as [(String, String, DrillCheck.Outcome, String)])
    func `programs judge what was restored`(
        _ name: String, _ script: String, _ outcome: DrillCheck.Outcome, _ words: String
    ) async throws {
        let check = try await check(name, script)
        if check.outcome == .notChecked { return }
        #expect(check.outcome == outcome, "\(check)")
        #expect(check.reason.contains(words), "\(check)")
    }

    @Test func `a broken unit is named`() async throws {
        let scratch = try scratch(
            """
            mkdir -p etc/systemd/system && printf '[Service]\\nExecStart=/bin/true\\n' >etc/systemd/system/good.service
            printf '[Servise\\nExecStart=/bin/true\\n' >etc/systemd/system/bad.service
            """)
        for (name, outcome) in [("good", DrillCheck.Outcome.ok), ("bad", .failed)] {
            let validator = DrillValidator.units(["/etc/systemd/system/\(name).service"])
            let step = DrillSandbox.step(tool: validator.tool, script: validator.script, folder: scratch.path)
            let result = try #require(try await run([step])[0])
            let check = validator.check(status: result.status, lines: result.lines)
            #expect(check.outcome == outcome || check.outcome == .notChecked, "\(check)")
        }
    }

    @Test(
        arguments: [
            (nil, [], DrillCheck.Outcome.notChecked), (0, [], .ok), (1, ["syntax error"], .failed),
            (99, ["why"], .notChecked),
            (124, [], .notChecked), (1, ["nginx: [emerg] dlopen() \"/x.so\" failed"], .notChecked),
            (255, ["Privilege separation user sshd does not exist"], .notChecked),
        ] as [(Int32?, [String], DrillCheck.Outcome)])
    func `what a status means`(_ status: Int32?, _ lines: [String], _ outcome: DrillCheck.Outcome) throws {
        let validator = try #require(DrillValidator.all.first { $0.name == "nginx" })
        #expect(validator.check(status: status, lines: lines).outcome == outcome)
    }

    @Test func `archives and databases are read to their end`() async throws {
        let scratch = try scratch(
            """
            echo hello | gzip >a.gz && head -c 20 a.gz >b.gz && echo x >f && tar -czf c.tar.gz f && tar -cf d.tar f
            printf broken >'e f.tar' && { ! command -v sqlite3 >/dev/null || { sqlite3 g.db 'create table t(x); insert into t values (1)' &&
            cp g.db h.db && dd if=/dev/urandom of=h.db bs=1 seek=4096 count=3000 conv=notrunc 2>/dev/null; }; }
            """)
        func check(_ kind: DataFile, _ names: [String]) async throws -> DrillCheck {
            let paths = names.map { Array("\(scratch.path)/tree/\($0)".utf8) }
            let results = try await run(kind.steps(for: paths))
            let isAbsent = results.values.contains { $0.hasEnded && $0.status == nil }
            let lines = results.sorted { $0.key < $1.key }.flatMap { DeviceText.lines($0.value.output) }
            return kind.check(names, lines: isAbsent ? nil : lines, isWhole: true)
        }
        #expect(try await check(.gzip, ["a.gz", "c.tar.gz"]).outcome == .ok)
        let gzip = try await check(.gzip, ["a.gz", "b.gz"])
        #expect(gzip.outcome == .failed && gzip.reason.hasPrefix("b.gz: "), "\(gzip)")
        let tar = try await check(.tar, ["d.tar", "e f.tar"])
        #expect(tar.outcome == .failed && tar.reason.hasPrefix("e f.tar: "), "\(tar)")
        #expect(try await check(.sqlite, ["g.db"]).outcome != .failed)
        #expect(try await check(.sqlite, ["g.db", "h.db"]).outcome != .ok)
    }

    @Test(
        arguments: [
            ("/x/a.gz", DataFile.gzip), ("/x/a.tgz", .gzip), ("/x/a.tar", .tar), ("/x/.gz", .gzip),
            ("/x/gz", nil), ("/a.zip", .zip),
        ] as [(String, DataFile?)])
    func `names tell kinds`(_ path: String, _ kind: DataFile?) {
        #expect(DataFile.kind(ofName: Array(path.utf8)) == kind)
    }
}
