import Basics
import TestSupport
import Testing

extension Integration {
    /// What comes out of the vault is what went in.
    @Suite("Export", .timeLimit(.minutes(10)))
    struct ExportTests {
        /// All kinds of files that an ordinary folder can hold.
        private static let make = """
            set -eu
            printf 'hello\\n' >text; chmod 640 text; touch -d '2003-04-05 06:07:08.123456789' text
            : >empty
            head -c 3000000 /dev/urandom >big; ln big big.link; mkdir -p deep/er; ln big deep/er/again
            truncate -s 200M sparse; printf middle | dd of=sparse bs=1 seek=100000000 conv=notrunc 2>/dev/null
            ln -s text link; ln -s /nowhere/at/all broken; mkfifo -m 620 pipe
            printf '#!/bin/sh\\n' >tool; chmod 4755 tool; chown 1234:4321 text pipe
            mkdir -p under under-way under.d/x; : >under/a; : >under-way/b; : >under.d/x/c
            touch -d '2005-05-05 05:05:05' under under-way under.d under.d/x
            mkdir -m 1777 shared; mkdir -m 0 closed; touch -d '1999-12-31 23:59:59.5' shared
            python3 -c 'import os
            os.setxattr("text", "user.note", b"a\\x00\\xffb")
            os.setxattr("deep", "user.folder", b"yes")' 2>/dev/null || :
            """
        private static let list = """
            find . -mindepth 1 -printf '%y %m %U %G %n %l %p\\0' | sort -z
            find . -type f -printf '%s %T@ %p\\0' | sort -z; find . -type d -mindepth 1 -printf '%T@ %p\\0' | sort -z
            find . -type f -print0 | sort -z | xargs -0 sha256sum --zero
            python3 -c 'import os
            for n in ["text", "deep"]: print(n, [(k, os.getxattr(n, k)) for k in sorted(os.listxattr(n))])' 2>/dev/null || :
            """

        private func describe(_ folder: String) throws -> [Substring] {
            String(decoding: try Shell.output("cd '\(folder)'\n" + Self.list), as: UTF8.self)
                .split { $0 == "\0" || $0 == "\n" }
        }

        private func expectSame(_ source: String, _ copy: String) throws {
            let (old, new) = (try describe(source), try describe(copy))
            #expect(old == new, "\(Set(old).symmetricDifference(new).sorted())")
            try Shell.run(
                "[ '\(copy)/big' -ef '\(copy)/big.link' ] && [ '\(copy)/big' -ef '\(copy)/deep/er/again' ]")
            let blocks = String(decoding: try Shell.output("stat -c %b '\(copy)/sparse'"), as: UTF8.self)
            #expect(
                Int(blocks.filter(\.isNumber)).map { $0 < 2000 } == true,
                "the sparse file fills \(blocks) blocks")
        }

        @Test func `a folder comes back with bytes, modes, owners, times, holes, links and attributes`()
            async throws
        {
            let home = try await HoldfastHome.initialised()
            let source = home.scratch.path + "/source"
            try Shell.run("mkdir '\(source)' && cd '\(source)'\n" + Self.make)
            let first = try await home.backUp("local", "--only", "identity", "--path", source)
            #expect(first["status"]?.string == "ok", "\(first)")
            let id = try #require(first["backup"]?.string)
            try expectSame(source, try await home.export(id, to: "folder") + source)

            let archive = home.scratch.path + "/out.tar"
            try await home.expect(0, "backup", "export", id, "--tar", archive)
            try Shell.run(
                "mkdir '\(home.scratch.path)/untarred' && cd '\(home.scratch.path)/untarred' && tar --xattrs --xattrs-include='user.*' -xpf '\(archive)'"
            )
            try expectSame(source, home.scratch.path + "/untarred" + source)

            // What nothing changed is not read again, and yet comes back the same.
            let second = try await home.backUp("local", "--only", "identity", "--path", source)
            let again = try #require(second["backup"]?.string)
            try expectSame(source, try await home.export(again, to: "again") + source)
            let difference = try await home.json(0, "backup", "diff", id, again)
            #expect(difference["files"]?.array?.isEmpty == true, "\(difference)")
        }

        @Test func `an export that is killed does not look like a whole one`() async throws {
            let home = try await HoldfastHome.initialised()
            let source = home.scratch.path + "/source"
            try Shell.run("mkdir '\(source)' && cd '\(source)' && echo one >a && echo two >b")
            let backup = try await home.backUp("local", "--only", "cron", "--path", source)
            let id = try #require(backup["backup"]?.string)
            let (folder, archive) = (home.scratch.path + "/out", home.scratch.path + "/out.tar")
            let program = try #require(HoldfastHome.program)
            // Killed at the last step, by which the export would become whole.
            for (target, step) in [("--to '\(folder)'", "unlinkat"), ("--tar '\(archive)'", "?link,linkat")] {
                #expect(throws: Shell.Failure.self) {
                    try Shell.run(
                        "exec strace -f -qq -o /dev/null -e trace=\(step) -e inject=\(step):signal=KILL "
                            + "'\(program)' --home '\(home.path)' backup export \(id) \(target) >/dev/null 2>&1"
                    )
                }
            }
            try Shell.run("grep -q 'files are missing' '\(folder)/_holdfast-unfinished'")
            try Shell.run("[ ! -e '\(archive)' ] && [ -e '\(archive).unfinished' ]")
            let again = try await home.expect(5, "backup", "export", id, "--tar", archive)
            #expect(again.errorText.contains("out.tar.unfinished is there"), "\(again.story)")
            try Shell.run("rm '\(archive).unfinished'")
            try await home.expect(0, "backup", "export", id, "--tar", archive)
            let whole = try await home.export(id, to: "whole")
            try Shell.run(
                "[ ! -e '\(archive).unfinished' ] && [ ! -e '\(whole)/_holdfast-unfinished' ]")
        }

        @Test func `a damaged file among small ones is named, the others are written`() async throws {
            let home = try await HoldfastHome.initialised()
            let source = home.scratch.path + "/source"
            try Shell.run("mkdir '\(source)' && cd '\(source)' && for n in 1 2 3; do echo $n >$n; done")
            _ = try await home.backUp("local", "--only", "identity", "--path", source)
            // What is new lies in a pack of its own, and begins with the content.
            try Shell.run("head -c 20000 /dev/urandom >'\(source)/2b'")
            let id = try #require(
                try await home.backUp("local", "--only", "identity", "--path", source)["backup"]?.string)
            try Shell.run(
                """
                pack=$(ls -t '\(home.path)'/data/vault/packs/*/* '\(home.path)'/vault/packs/*/* 2>/dev/null | head -n 1)
                printf x | dd of="$pack" bs=1 seek=5000 conv=notrunc 2>/dev/null
                """)
            let folder = home.scratch.path + "/folder"
            let outcome = try await home.run(["backup", "export", id, "--to", folder])
            #expect(outcome.status == 3 && outcome.story.contains("/source/2b: "), "\(outcome.story)")
            let names = try Shell.output("cd '\(folder)\(source)' && grep -c . * | tr '\\n' ' '")
            #expect(String(decoding: names, as: UTF8.self) == "1:1 2:1 3:1 ")
        }

        @Test func `an export never writes over anything`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            let folder = home.scratch.path + "/full"
            try Shell.run("mkdir '\(folder)' && echo mine >'\(folder)/mine' && echo mine >'\(folder).tar'")
            try await home.expect(5, "backup", "export", "latest", "--to", folder)
            let outcome = try await home.run(["backup", "export", "latest", "--tar", folder + ".tar"])
            #expect(outcome.status == 5, "\(outcome.story)")
            try Shell.run("[ \"$(cat '\(folder)/mine')$(cat '\(folder).tar')\" = minemine ]")
        }
    }
}
