import Basics
import Operations
import TestSupport
import Testing
import Vault

/// Files whose names are hard to write down: what is printed must lead back to them, in every command.
@Suite("Names of files, printed and typed again")
struct PrintedNameTests {
    /// Each name and what stands in the file, so that one cannot pass for another.
    private static let names: [(name: [UInt8], text: String)] = [
        (Array("\\xff".utf8), "four characters"), ([0xFF], "one byte"), (Array("n\nl".utf8), "line feed"),
        (Array("n\\nl".utf8), "backslash and n"), (Array("a*b".utf8), "star"),
        (Array("a?[b]".utf8), "bracket"),
        (Array("a-b".utf8), "dash"), (Array("a\\x2db".utf8), "unit"), (Array("\u{202E}x".utf8), "reordered"),
        (Array("\\".utf8), "backslash"), (Array("$(touch x) 'a'".utf8), "no\0text"),
        (Array("z\ny".utf8), "no\0text either"),
    ]

    private func services() async throws -> TestServices {
        let services = try await TestServices()
        let writer = try await services.vault().beginWriting(what: "test")
        let contents = try await writer.store(contents: Self.names.map { Array($0.text.utf8) })
        let inventory = try await writer.store(
            contents: [Array(#"{"items":[],"remarks":[]}"#.utf8)], as: .record)
        let entries = zip(Self.names, contents).map { file, content in
            var entry = FileEntry(
                path: Array("/srv/".utf8) + file.name, kind: .file, mode: 0o644, user: "root", group: "root",
                size: Int64(file.text.utf8.count), modified: 1_700_000_000_000_000_000)
            entry.content = content
            return entry
        }
        let time = Timestamp(seconds: 1_790_000_000)
        let section = SectionRecord(
            name: "paths", status: .ok, inventory: inventory[0], files: entries.count)
        _ = try await writer.commit(
            BackupDraft(
                device: BackupDevice(name: "local"), started: time, finished: time, status: .ok, tool: "test",
                sections: [section], entries: entries))
        await writer.finish()
        return services
    }

    private func printed(_ result: OperationResult) -> [String] {
        result.json["files"]?.array?.compactMap { $0["path"]?.string } ?? []
    }

    @Test func `every printed path reaches its own file alone`() async throws {
        let services = try await services()
        let paths = printed(try await services.call("backup files", ["backup": "latest"]))
        #expect(Set(paths).count == Self.names.count)
        for path in paths {
            #expect(TerminalText.escape(path) == path, "a terminal shows the same as JSON")
            let name = Array(DeviceText.bytes(ofPath: path).dropFirst(5))
            let text = try #require(Self.names.first { $0.name == name }?.text)
            if !text.contains("\0") {
                let cat = try await services.call("backup cat", ["backup": "latest", "path": .string(path)])
                #expect(cat.json["text"] == .string(text), "\(path)")
            }
            let files = printed(
                try await services.call("backup files", ["backup": "latest", "glob": .string(path)]))
            #expect(files.contains(path), "\(path)")
            let scratch = try ScratchFolder()
            let export = try await services.call(
                "backup export",
                ["backup": "latest", "path": [.string(path)], "to": .string(scratch.path + "/out")])
            #expect((export.json["files"]?.int ?? 0) >= 1, "\(path)")
        }
    }

    @Test func `a command in a hint is one that a shell takes as it stands`() async throws {
        let services = try await services()
        for (path, word) in [
            ("/srv/$(touch x) 'a'", #"'/srv/$(touch x) '\''a'\'''"#), ("/srv/z\ny", #"'/srv/z\x0ay'"#),
        ] {
            do {
                _ = try await services.call("backup cat", ["backup": "latest", "path": .string(path)])
                Issue.record("a file that is no text was shown")
            } catch {
                #expect(error.hint.contains(" --path \(word) --to FOLDER"), "\(error.hint)")
            }
        }
    }

    @Test
    func `a name that spells an escape is found as the device spells it, where nothing else is called so`()
        async throws
    {
        let services = try await services()
        let other = try await services.call("backup cat", ["backup": "latest", "path": "/srv/a\\x2db"])
        #expect(other.json["text"] == "dash", "the escape comes first")
        let unit = try await services.call("backup cat", ["backup": "latest", "path": "/srv/\\x5c"])
        #expect(unit.json["text"] == "backslash")
        let spelled = try await services.call("backup cat", ["backup": "latest", "path": "/srv/n\nl"])
        #expect(spelled.json["text"] == "line feed")
    }

    @Test func `the text of a file ends as the file does`() async throws {
        let services = try await services()
        let cat = try await services.call("backup cat", ["backup": "latest", "path": "/srv/a-b"])
        #expect(cat.display == [.text("dash")])
    }
}
