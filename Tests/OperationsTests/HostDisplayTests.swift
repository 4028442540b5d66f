import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// What people read of each verb on assistants' configuration.
@Suite(.timeLimit(.minutes(5))) struct HostDisplayTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func shown(_ verb: String, _ arguments: [String: JSONValue] = [:]) async throws -> String {
        let command = "host-config \(verb)"
        let operation = try #require(
            allOperations.first { $0.contract.command.joined(separator: " ") == command })
        bench.home.clock.advance(by: .milliseconds(1))
        let result = try await operation.call(arguments, in: bench.home.context())
        return "\(result.display) complete: \(result.isComplete)"
    }

    private func expect(_ text: String, _ words: String...) {
        for word in words { #expect(text.contains(word), "\(word): \(text)") }
    }

    private var file: JSONValue { .string(bench.path) }

    @Test func `what was kept, listed, shown and proven`() async throws {
        try bench.write(["a", "b"])
        try Shell.run("chmod 644 '\(bench.path)'")
        let kept = try await shown("backup", ["host": ["cursor"], "file": file])
        expect(kept, "stored", "may hold tokens", "complete: true")
        expect(try await shown("backup", ["host": ["cursor"], "file": file]), "unchanged")
        expect(
            try await shown("backup", ["host": ["cursor"], "file": "/none/x"]), "missing",
            "no file of it is here",
            "complete: false")
        let id = try #require(try await bench.list.first?["backup"]?.string)
        _ = try await bench.home.call("backup pin", ["backup": .string(id)])
        try bench.write(["c"])
        try await bench.backup("later")
        expect(try await shown("list"), id, "pinned", "later", "cursor")
        expect(try await shown("list", ["limit": 1]), "1 older one matches")
        expect(try await shown("show", ["host": "cursor", "backup": .string(id)]), "/bin/a", "ok")
        let diff = try await shown(
            "diff", ["host": "cursor", "backup": .string(id), "with": "latest:host:cursor"])
        expect(diff, "+ server c", "- server a", "changed")
        expect(try await shown("verify"), "good", "read, decrypted and compared")
        expect(try await shown("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true]), "cursor")
        let out = bench.folder.path + "/out.jsonl"
        expect(try await shown("export", ["host": "cursor", "to": .string(out)]), out)
        expect(
            try await shown("import", ["from": "series", "path": .string(out), "file": file]), "present",
            "cursor")
        expect(
            try await shown("hosts", ["all": true]), "cursor", "zed", "missing")
    }

    @Test func `what was put back, and what would be`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["b"])
        expect(
            try await shown("restore", ["host": "cursor", "dry_run": true]), "would-restore", "+", "-")
        expect(
            try await shown("restore", ["host": "cursor"]), "restored", "What was there before",
            "Start Cursor anew")
        expect(try await shown("restore", ["host": "cursor"]), "unchanged")
        let prepared = try await shown("prepare", ["host": "cursor", "file": file])
        expect(prepared, "host-config rollback")
        try Shell.run("rm '\(bench.path)'")
        expect(try await shown("prepare", ["host": "cursor", "file": file]), "rollback")
        try bench.write(["x"])
        let absent: [String: JSONValue] = ["host": "cursor", "file": file, "absent": true]
        expect(try await shown("rollback", absent), "removed")
        expect(try await shown("rollback", absent), "unchanged")
        #expect(await bench.home.refusal("host-config rollback", ["host": "cursor", "file": file]) != nil)
    }

    @Test func `what a look found, and how to mend it`() async throws {
        try bench.write(["a"])
        let once: [String: JSONValue] = ["host": ["cursor"], "file": file, "once": true]
        expect(try await shown("watch", once), "stored", "complete: true")
        expect(try await shown("watch", once), "Nothing changed.")
        try Shell.run(": >'\(bench.path)'")
        let broken = try await shown("watch", once)
        expect(broken, "damaged", "holdfast host-config restore cursor", "complete: false")
        expect(try await shown("watch", once.merging(["repair": "broken"]) { $1 }), "repaired")
        #expect(TestFiles.bytes(at: bench.path) != [])
        for wrong: [String: JSONValue] in [
            ["host": [], "file": file, "once": true], ["once": true, "minutes": 1], ["minutes": -1],
        ] {
            #expect(await bench.home.refusal("host-config watch", wrong) == .argumentInvalid)
        }
    }

    @Test func `extended attributes travel with an export`() async throws {
        try bench.write(["a"])
        let name = "import os, sys; os.setxattr(sys.argv[1], 'user.note', b'\\x00\\xff kept')"
        try Shell.run("python3 -c \"\(name)\" '\(bench.path)'")
        try await bench.backup()
        let out = bench.folder.path + "/out.jsonl"
        expect(try await shown("export", ["host": "cursor", "to": .string(out)]), out)
        let other = try await HostBench()
        let taken: [String: JSONValue] = [
            "from": "series", "path": .string(out), "file": .string(bench.path),
        ]
        _ = try await other.call("import", taken)
        try Shell.run("rm '\(bench.path)'")
        _ = try await other.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: bench.path) != nil)
        let text = String(decoding: try #require(TestFiles.bytes(at: out)), as: UTF8.self)
        for (right, wrong, word) in [
            ("\"name\":\"", "\"name\":\"?", "attribute"), ("\"mode\":", "\"mode\":77", "mode"),
            ("\"path\":\"/", "\"way\":\"/", "path"), ("\"made\":\"2", "\"made\":\"x", "time"),
        ] {
            try TestFiles.write(Array(text.replacing(right, with: wrong).utf8), to: out + word)
            let error = await #expect(throws: OperationError.self) {
                try await other.call("import", taken.merging(["path": .string(out + word)]) { $1 })
            }
            expect("\(String(describing: error?.message))", "line")
        }
    }

    @Test func `a name that is none of a program's says which there are`() async throws {
        let error = await #expect(throws: OperationError.self) { try await shown("show", ["host": "x"]) }
        expect("\(String(describing: error))", "cursor")
        #expect(await bench.home.refusal("host-config backup", [:]) == .argumentInvalid)
        #expect(
            await bench.home.refusal("host-config backup", ["all": true, "host": ["zed"]]) == .argumentInvalid
        )
        #expect(
            await bench.home.refusal("host-config backup", ["host": ["zed", "cursor"], "file": file])
                == .argumentInvalid)
        #expect(
            await bench.home.refusal("host-config backup", ["host": ["zed"], "file": file, "device": "web"])
                == .argumentInvalid)
        #expect(await bench.home.refusal("host-config verify", ["backup": "2026"]) == .argumentInvalid)
        #expect(await bench.home.refusal("host-config clean", ["host": ["cursor"]]) != nil)
        // A series that has none, and one that is of another program.
        #expect(await bench.home.refusal("host-config diff", ["host": "zed"]) == .backupUnknown)
        try bench.write(["a"])
        let id = try await bench.backup()
        #expect(
            await bench.home.refusal("host-config show", ["host": "zed", "backup": .string(id)])
                == .backupUnknown)
    }
}
