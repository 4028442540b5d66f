import Basics
import Operations
import TestSupport
import Testing

@Suite("A backup's life on this machine", .timeLimit(.minutes(5)))
struct BackupLifeTests {
    private func create(_ services: TestServices, _ folder: String) async throws -> String {
        let result = try await services.call(
            "backup create",
            ["device": ["local"], "only": ["identity", "users", "paths"], "path": [.string(folder)]])
        let backup = try #require(result.json["backups"]?[0])
        #expect(backup["status"] == "ok", "\(result.json)")
        return try #require(backup["backup"]?.string)
    }

    @Test("Created, shown, listed, compared, verified, pinned, deleted and pruned")
    func life() async throws {
        let services = try await TestServices()
        let scratch = try ScratchFolder()
        try Shell.run(
            "cd '\(scratch.path)' && printf 'one\\ntwo\\n' >text && printf 'PASSWORD=hunter2hunter2\\n' >.env && ln -s text link"
        )
        let first = try await create(services, scratch.path)
        let shown = try await services.call("backup show", ["backup": .string(first)])
        #expect(
            shown.json["sections"]?.array?.compactMap { $0["name"]?.string } == [
                "identity", "users", "paths",
            ])
        #expect(shown.json["notCovered"]?.array?.isEmpty == false)
        let second = try await create(services, scratch.path)
        let same = try await services.call("backup diff", ["from": .string(first), "to": .string(second)])
        #expect(same.json["files"] == [] && same.json["items"] == [])

        try Shell.run(
            "cd '\(scratch.path)' && printf 'one\\n2\\n' >text && printf 'PASSWORD=other2other2\\n' >.env && chmod 600 text && rm link"
        )
        let third = try await create(services, scratch.path)
        let diff = try await services.call("backup diff", ["from": .string(first), "to": .string(third)])
        let text = JSONWriter.text(diff.json)
        #expect(text.contains("-two") && text.contains("+2") && text.contains("mode 0644 -> 0600"))
        #expect(text.contains("/.env") && !text.contains("hunter2") && !text.contains("other2other2"))
        let live = try await services.call("backup diff", ["from": .string(third), "live": true])
        #expect(live.json["files"] == [], "\(live.json)")

        let verified = try await services.call("backup verify", ["backup": [.string(first)]])
        #expect(verified.json["backups"]?[0]?["isGood"] == true)
        await #expect { try await services.call("backup delete", ["backup": .string(first)]) } throws: {
            ($0 as? OperationError)?.code == .backupProtected
        }
        _ = try await services.call("backup pin", ["backup": .string(second), "note": "kept"])
        let pruned = try await services.call("backup prune", ["keep_last": 1])
        let decisions = try #require(pruned.json["decisions"]?.array)
        #expect(decisions.allSatisfy { $0["keeps"] == true }, "first verified, second pinned, third newest")
        _ = try await services.call("backup unpin", ["backup": .string(second)])
        _ = try await services.call("backup prune", ["keep_last": 1])
        let list = try await services.call("backup list")
        #expect(list.json["backups"]?.array?.compactMap { $0["id"]?.string } == [third, first])
        _ = try await services.call("backup undelete", ["backup": .string(second)])
        let checked = try await services.call("vault check", ["read_data": true])
        #expect(checked.json["backups"] == 3)
    }

    @Test("An unchanged file is taken over; a changed one is read again")
    func selection() async throws {
        let services = try await TestServices()
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && for i in 1 2 3 4 5; do head -c 5000 /dev/urandom >f$i; done")
        _ = try await create(services, scratch.path)
        try Shell.run("cd '\(scratch.path)' && printf changed >f3 && mv f5 g5")
        let id = try await create(services, scratch.path)
        let shown = try await services.call("backup show", ["backup": .string(id)])
        #expect(shown.json["parent"]?.string != nil)
        let target = try ScratchFolder()
        let exported = try await services.call(
            "backup export", ["backup": .string(id), "to": .string(target.path + "/out"), "files_only": true])
        #expect(exported.isComplete)
        try Shell.run("diff -r '\(scratch.path)' '\(target.path)/out\(scratch.path)'")
    }

    @Test("What is exported has the bytes, modes, times, links, holes and attributes of the original")
    func export() async throws {
        let services = try await TestServices()
        let scratch = try ScratchFolder()
        try Shell.run(
            """
            cd '\(scratch.path)' && mkdir -p d/e && printf x >d/e/file && chmod 2750 d && touch -d '2001-02-03 04:05:06.789 UTC' d/e/file
            ln d/e/file hard && ln -s ../nowhere broken && mkfifo pipe && truncate -s 5M sparse && printf end >>sparse
            head -c 3000000 /dev/urandom >large && printf odd >"$(printf 'n\\377\\n')"
            """)
        let id = try await create(services, scratch.path)
        let target = try ScratchFolder()
        for (field, name) in [("to", "folder"), ("tar", "archive.tar")] {
            let result = try await services.call(
                "backup export",
                [
                    "backup": .string(id), "section": ["paths"], "files_only": true,
                    "path": [.string(scratch.path)],
                    .init(field): .string("\(target.path)/\(name)"),
                ])
            #expect(result.isComplete, "\(result.json)")
        }
        try Shell.run("cd '\(target.path)' && mkdir unpacked && tar -C unpacked -xpf archive.tar")
        let describe = "find . -printf '%P %y %m %n %s %T@ %l\\n' | sort"
        let original = try Shell.output("cd '\(scratch.path)' && \(describe)")
        for copy in ["folder", "unpacked"] {
            let made = try Shell.output("cd '\(target.path)/\(copy)\(scratch.path)' && \(describe)")
            #expect(
                String(decoding: made, as: UTF8.self) == String(decoding: original, as: UTF8.self), "\(copy)")
            try Shell.run(
                """
                cd '\(target.path)/\(copy)\(scratch.path)' && cmp large '\(scratch.path)/large' && cmp sparse '\(scratch.path)/sparse'
                """)
        }
        let blocks = try Shell.output("stat -c %b '\(target.path)/folder\(scratch.path)/sparse'")
        #expect((Int(String(decoding: blocks, as: UTF8.self).filter(\.isNumber)) ?? .max) < 1000)
    }
}

@Suite("Where an export goes")
struct ExportTargetTests {
    @Test("Standard output is no place for an archive")
    func standardOutput() async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            _ = try await services.call("backup export", ["backup": "latest", "tar": "-"])
        }
        #expect(error?.code == .argumentInvalid && error?.message.contains("not to standard output") == true)
    }
}

@Suite("What retention lets go")
struct RetentionScopeTests {
    @Test("A backup of one section never pushes out one of more", .timeLimit(.minutes(5)))
    func scopes() async throws {
        let services = try await TestServices()
        func create(_ sections: [JSONValue]) async throws -> String {
            let result = try await services.call(
                "backup create", ["device": ["local"], "only": .array(sections)])
            return try #require(result.json["backups"]?[0]?["backup"]?.string)
        }
        let wide = try await create(["identity", "users"])
        let oldNarrow = try await create(["identity"])
        let narrow = try await create(["identity"])
        let pruned = try await services.call("backup prune", ["keep_last": 1, "dry_run": true])
        let kept = (pruned.json["decisions"]?.array ?? []).filter { $0["keeps"] == true }
        #expect(Set(kept.compactMap { $0["backup"]?.string }) == [wide, narrow])
        #expect(oldNarrow != narrow)
    }
}
