import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// What happens when parts of the state are lost, full or not to be written, and what is said while working.
    @Suite("State", .timeLimit(.minutes(10)))
    struct StateTests {
        @Test(arguments: ["rm", ": >"]) func `a lost database is told by all, and made anew on request only`(
            _ lose: String
        ) async throws {
            let home = try await HoldfastHome.initialised()
            let kept = try #require(try await home.backUp("local", "--only", "identity")["backup"]?.string)
            try Shell.run("\(lose) '\(home.path)/holdfast.db'")
            for call in [
                ["backup", "create", "--all"], ["device", "list"], ["audit", "list"], ["audit", "verify"],
                ["backup", "pin", kept], ["backup", "prune", "--garbage-only"], ["init"],
            ] {
                let outcome = try await home.run(call)
                #expect(outcome.status == 4, "\(outcome.story)")
                #expect(outcome.errorText.contains("\(home.path)/holdfast.db is "), "\(outcome.story)")
                #expect(
                    outcome.errorText.contains("holdfast init --home \(home.path) --new-database"),
                    "\(outcome.story)")
            }
            #expect(try await home.run(["doctor"]).status == 3)
            let size = try Shell.output("stat -c %s '\(home.path)/holdfast.db' 2>/dev/null || echo none")
            #expect(["none\n", "0\n"].contains(String(decoding: size, as: UTF8.self)))
            try await home.expect(0, "backup", "show", kept)
            try await home.expect(0, "init", "--new-database")
            try await home.expect(0, "audit", "verify")
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try await home.expect(0, "init")
        }

        @Test func `a moved vault gets a database with its key`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            let kit = try await home.expect(0, "key", "show")
            try Shell.run("cd '\(home.path)' && rm key holdfast.db* audit.checkpoint")
            try AtomicFile.write(kit.output, to: home.scratch.path + "/kit")
            try await home.expect(0, "key", "restore", "--from", home.scratch.path + "/kit")
            try await home.expect(0, "device", "list")
            try await home.expect(0, "audit", "verify")
        }

        @Test func `the recovery kit can be shown again`() async throws {
            let home = try HoldfastHome()
            let unseen = try #require(HoldfastHome.program)
            _ = try? Shell.run("'\(unseen)' --home '\(home.path)' init >/dev/full 2>/dev/null")
            let again = try await home.expect(0, "init")
            #expect(again.text.contains("holdfast key show"))
            let kit = try await home.json(0, "key", "show")
            #expect(kit["recoveryKit"]?[0]?.string?.hasPrefix("holdfast-key-1:") == true)
            let records = try await home.json(0, "audit", "list")["records"]?.array ?? []
            #expect(records.contains { $0["operation"] == "key show" })
            #expect(!JSONWriter.text(.array(records)).contains(kit["recoveryKit"]?[1]?.string ?? "-"))
        }

        @Test func `another key is told apart from altered records, and can break nothing`() async throws {
            let home = try await HoldfastHome.initialised()
            let other = try await HoldfastHome.initialised()
            try await home.expect(0, "device", "set", "local", "--add-tag", "home")
            try Shell.run(
                "cp '\(home.path)/key' '\(home.path)/right'; cp '\(other.path)/key' '\(home.path)/key'")
            let verdict = try await home.json(2, "audit", "verify")
            #expect(verdict["error"]?["code"] == "key-invalid", "\(verdict)")
            let change = try await home.json(2, "device", "set", "local", "--add-tag", "other")
            #expect(change["error"]?["code"] == "key-invalid", "\(change)")
            try Shell.run("mv '\(home.path)/right' '\(home.path)/key'")
            try await home.expect(0, "audit", "verify")
        }

        @Test func `with a read-only home reading works and changes are refused in plain words`() async throws
        {
            let scratch = try ScratchFolder()
            try Shell.run("mount -t tmpfs tmpfs '\(scratch.path)'")
            defer { _ = try? Shell.run("umount -l '\(scratch.path)'") }
            let home = try HoldfastHome(environment: [:])
            try Folder.createAll(home.path)
            try Shell.run("mount --bind '\(scratch.path)' '\(home.path)'")
            defer { _ = try? Shell.run("umount -l '\(home.path)'") }
            try await home.expect(0, "init")
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try Shell.run("mount -o remount,ro,bind '\(home.path)'")
            for read in [
                ["device", "list"], ["backup", "list"], ["audit", "verify"], ["backup", "show", "latest"],
            ] {
                let outcome = try await home.run(read)
                #expect(outcome.status == 0, "\(outcome.story)")
            }
            let export = try await home.run([
                "backup", "export", "latest", "--to", home.scratch.path + "/out",
            ])
            #expect(export.status == 0, "\(export.story)")
            #expect(
                export.errorText.contains("holdfast: warning: ") && export.errorText.contains("read-only"))
            let verify = try await home.run(["backup", "verify"])
            #expect(verify.status == 0, "\(verify.story)")
            #expect(verify.errorText.contains("The result was not recorded"), "\(verify.story)")
            try Shell.run("mount -o remount,rw,bind '\(home.path)'")
            try Shell.run(
                "p=$(find '\(home.path)/vault/packs' -type f | head -n 1); chmod u+w \"$p\"; "
                    + "printf x | dd of=\"$p\" bs=1 seek=100 conv=notrunc 2>/dev/null")
            try Shell.run("mount -o remount,ro,bind '\(home.path)'")
            let broken = try await home.run(["backup", "verify"])
            #expect(broken.status == 8, "\(broken.story)")
            #expect(broken.errorText.contains("This was not recorded"), "\(broken.story)")
            for change in [["backup", "pin", "latest"], ["backup", "prune", "--garbage-only"]] {
                let outcome = try await home.run(change)
                #expect(outcome.status == 7, "\(outcome.story)")
                #expect(outcome.errorText.contains("read-only"), "\(outcome.story)")
                #expect(outcome.errorText.contains("Nothing was done"), "\(outcome.story)")
            }
            let doctor = try await home.run(["doctor"])
            #expect(
                doctor.status == 3 && doctor.text.contains("nothing can be written to"), "\(doctor.story)")
            let lock = try await home.json(3, "doctor")["findings"]?.array?
                .first { $0["subject"] == "vault lock" }
            let hint = lock?["hint"]?.string ?? ""
            #expect(hint.contains("mounted read-only") && !hint.contains("Run as"), "\(doctor.story)")
        }

        @Test func `what another user may not see is not taken for there`() async throws {
            let home = try await HoldfastHome.initialised()
            let program = try #require(HoldfastHome.program)
            let scratch = try ScratchFolder()
            try Shell.run("chmod 755 '\(scratch.path)' && cp '\(program)' '\(scratch.path)/holdfast'")
            let run = """
                cd / && env -i HOME=/ PATH="$PATH" setpriv --reuid=65534 --regid=65534 --clear-groups \
                    '\(scratch.path)/holdfast' doctor --json --home '\(home.path)'; echo "$?"
                """
            let refused = String(decoding: try Shell.output(run), as: UTF8.self)
            #expect(refused.contains("cannot be looked at") && refused.hasSuffix("7\n"), "\(refused)")
            #expect(refused.contains("Run Holdfast as the user"), "\(refused)")
            try Shell.run("chmod 711 '\(home.scratch.path)'")
            let shown = try Shell.output(run)
            #expect(shown.suffix(2) == Array("3\n".utf8))
            let findings = try JSONParser.parse(Array(shown.dropLast(2)))["findings"]?.array ?? []
            let good = findings.filter { $0["verdict"] == "good" }.compactMap { $0["subject"]?.string }
            #expect(good == ["tools", "libraries"])
            for finding in findings where finding["verdict"] != "good" {
                #expect(finding["hint"]?.string?.contains("Run") == true, "\(finding)")
            }
            for subject in ["database", "key file", "reserve", "vault", "vault files", "vault lock"] {
                let finding = findings.first { $0["subject"]?.string == subject }
                #expect(finding?["verdict"] == "unknown", "\(String(describing: finding))")
                #expect(
                    finding?["detail"]?.string?.hasPrefix("it could not be looked at") == true,
                    "\(String(describing: finding))")
            }
        }

        @Test func `a change makes the reserve again, also where it fails`() async throws {
            let home = try HoldfastHome()
            try await home.expect(0, "init")
            let reserve = home.path + "/reserve"
            #expect(TestFiles.bytes(at: reserve)?.isEmpty == false)
            try Shell.run("rm '\(reserve)'")
            try await home.expect(4, "backup", "pin", "20200101")
            #expect(TestFiles.bytes(at: reserve)?.isEmpty == false)
        }

        @Test func `with a full home changes are refused in plain words`() async throws {
            let scratch = try ScratchFolder()
            try Shell.run("mount -t tmpfs -o size=8m tmpfs '\(scratch.path)'")
            defer { _ = try? Shell.run("umount -l '\(scratch.path)'") }
            let home = try HoldfastHome()
            try Folder.createAll(home.path)
            try Shell.run("mount --bind '\(scratch.path)' '\(home.path)'")
            defer { _ = try? Shell.run("umount -l '\(home.path)'") }
            try await home.expect(0, "init")
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            _ = try? Shell.run("cat /dev/zero >'\(home.path)/fill' 2>/dev/null")
            let export = try await home.run([
                "backup", "export", "latest", "--to", home.scratch.path + "/out",
            ])
            #expect(export.status == 0, "\(export.story)")
            #expect(export.errorText.contains("not on the audit record"), "\(export.story)")
            let verify = try await home.run(["backup", "verify"])
            #expect(verify.status == 0, "\(verify.story)")
            #expect(verify.errorText.contains("The result was not recorded"), "\(verify.story)")
            let change = try await home.run(["backup", "pin", "latest"])
            #expect(change.status == 7, "\(change.story)")
            #expect(change.errorText.contains("is full"), "\(change.story)")
            for reading in [
                ["device", "list"], ["audit", "list"], ["audit", "verify"], ["job", "list"],
                ["restore", "list"],
                ["backup", "diff", "latest:local", "--live"],
            ] {
                let outcome = try await home.run(reading)
                #expect(outcome.status == 0, "\(reading): \(outcome.story)")
                #expect(outcome.errorText.contains("nothing can be changed"), "\(reading): \(outcome.story)")
            }
            let doctor = try await home.run(["doctor"])
            #expect(doctor.status == 3 && doctor.text.contains("No space left"), "\(doctor.story)")
            let findings = try await home.json(3, "doctor")["findings"]?.array ?? []
            for subject in ["database content", "audit chain"] {
                let finding = findings.first { $0["subject"]?.string == subject }
                #expect(finding?["verdict"]?.string == "good", "\(doctor.story)")
            }
            try Shell.run("rm '\(home.path)/fill'")
            try await home.expect(0, "backup", "pin", "latest")
            try await home.expect(0, "audit", "verify")
        }

        @Test func `before init the doctor recommends init`() async throws {
            let home = try HoldfastHome()
            let findings = try await home.json(3, "doctor")["findings"]?.array ?? []
            let hints = findings.compactMap { $0["hint"]?.string }
            #expect(hints.contains { $0.hasSuffix("holdfast init") }, "\(hints)")
            #expect(!hints.contains { $0.contains("--new-") || $0.contains("Put it back") }, "\(hints)")
            let reserve = findings.first { $0["subject"]?.string == "reserve" }
            #expect(reserve?["verdict"]?.string == "unknown")
        }

        @Test func `a flipped bit in the vault's config locks nobody out and is repaired`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            let stats = try await home.json(0, "vault", "stats")
            let config = home.path + "/vault/config"
            let whole = try Shell.output("cat '\(config)'")
            try Shell.run("sed -i 's/\"id\"/\"iD\"/' '\(config)'")
            for reading in [
                ["backup", "list"], ["backup", "verify"], ["backup", "show", "latest"], ["init"],
                ["key", "show"],
                ["backup", "create", "local", "--only", "identity"],
            ] {
                let outcome = try await home.run(reading)
                #expect(outcome.status == 0, "\(reading): \(outcome.story)")
                #expect(
                    outcome.errorText.contains("/vault/config is damaged"), "\(reading): \(outcome.story)")
                #expect(outcome.errorText.contains("holdfast vault repair"), "\(reading): \(outcome.story)")
            }
            let check = try await home.run(["vault", "check"])
            #expect(check.errorText.contains("Found 1 problem: config is damaged"), "\(check.story)")
            #expect(check.errorText.contains("holdfast vault repair"), "\(check.story)")
            #expect(try await home.json(0, "vault", "repair")["outcome"]?.string == "restored")
            #expect(try Shell.output("cat '\(config)'") == whole)
            try await home.expect(0, "vault", "check")
            #expect(try await home.json(0, "vault", "stats")["id"] == stats["id"])
            #expect(try await home.json(0, "vault", "repair")["outcome"]?.string == "whole")
        }

        @Test func `times beyond what can be kept are told`() async throws {
            let home = try await HoldfastHome.initialised()
            let folder = home.scratch.path + "/far"
            try Shell.run("mkdir '\(folder)' && echo x >'\(folder)/late' && echo x >'\(folder)/now'")
            try Shell.run("touch -d 2300-01-01 '\(folder)/late'")
            // Not every file system knows such times.
            guard try Shell.output("stat -c %Y '\(folder)/late'") == Array("10413792000\n".utf8) else {
                return
            }
            let outcome = try await home.run([
                "backup", "create", "local", "--only", "paths", "--path", folder,
            ])
            #expect(outcome.status == 0, "\(outcome.story)")
            let missing = try await home.json(0, "backup", "show", "latest")["notCovered"]?.array ?? []
            #expect(
                missing.contains {
                    $0.string?.contains("after 2262") == true && $0.string?.contains("/late.") == true
                },
                "\(missing)")
            let files = try await home.run(["backup", "files", "latest", "--json"])
            #expect(files.text.contains("2262-04-11") && !files.text.contains("1970"), "\(files.story)")
        }

        @Test func `a home that is no folder, and a closed output, are told in plain words`() async throws {
            let home = try await HoldfastHome.initialised()
            let program = try #require(HoldfastHome.program)
            let run = "HOLDFAST_HOME='\(home.path)' '\(program)'"
            let closed = try Shell.output("\(run) device list 2>&1 >&-; echo status $?")
            #expect(String(decoding: closed, as: UTF8.self).contains("standard output is closed"))
            #expect(String(decoding: closed, as: UTF8.self).contains("status 7"))
            try await home.expect(0, "audit", "verify")
            let folder = try Shell.output(
                "HOLDFAST_HOME=/dev/null '\(program)' device list 2>&1; echo status $?")
            #expect(String(decoding: folder, as: UTF8.self).contains("/dev/null is no folder"))
        }

        @Test func `log lines tell what was done, and no secret`() async throws {
            let world = try DeviceWorld()
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "dev")
            let quiet = try await home.run(["backup", "create", "dev", "--only", "identity"])
            #expect(!quiet.errorText.contains("{"), "\(quiet.story)")
            let outcome = try await home.run(["backup", "create", "dev", "--only", "identity", "--verbose"])
            let lines = outcome.errorText.split(separator: "\n").compactMap {
                try? JSONParser.parse(String($0))
            }
            let read = try #require(lines.first { $0["message"] == "device was read" })
            #expect(read["device"] == "dev" && (read["bytes"]?.int ?? 0) > 0)
            #expect((read["connectMilliseconds"]?.int ?? 0) > 0)
            #expect(lines.contains { $0["section"] == "identity" && $0["milliseconds"]?.int != nil })
            #expect(lines.contains { $0["message"] == "backup was committed" && $0["status"] == "ok" })
            #expect(!lines.contains { $0["level"] == "debug" })
            let debug = try await home.run(["backup", "create", "dev", "--only", "identity", "--debug"])
            #expect(debug.errorText.contains(#""level":"debug""#), "\(debug.story)")
        }

        @Test func `a jump host that is a registered device is held to its pinned key`() async throws {
            let gate = try DeviceWorld()
            let behind = try DeviceWorld()
            let home = try await HoldfastHome.initialised()
            try await home.add(behind, as: "behind")
            let jump = gate.address
            try await home.expect(0, "device", "set", "behind", "--jump", jump)
            let unknown = try await home.run(["device", "check", "behind"])
            #expect(unknown.status != 0 && unknown.errorText.contains("jump host"), "\(unknown.story)")
            try await home.add(gate, as: "gate")
            try Shell.run(
                """
                mkdir -p '\(home.scratch.path)/.ssh' && cp '\(gate.loginKey)' '\(home.scratch.path)/.ssh/id_ed25519'
                chmod 600 '\(home.scratch.path)/.ssh/id_ed25519'
                """)
            let known = try await home.run(["device", "check", "behind"])
            #expect(known.status == 0, "\(known.story)")
            // Another key is pinned for the jump host's address: a hard stop.
            let other = try DeviceWorld()
            try await home.expect(0, "device", "remove", "gate")
            try await home.add(other, as: "gate")
            try await home.expect(0, "device", "set", "gate", "--address", gate.address)
            let changed = try await home.run(["device", "check", "behind"])
            #expect(changed.status == 6, "\(changed.story)")
        }
    }
}
