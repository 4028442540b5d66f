import Basics
import ConfigText
import Testing

@Suite struct JSONTextTests {
    private static let place = ["mcpServers", "holdfast"]
    private static let entry = ConfigValue.table([
        .init("command", .text("/usr/bin/holdfast")), .init("args", .list([.text("mcp")])),
    ])

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func added(_ old: String) throws -> String {
        text(try JSONText(Array(old.utf8)).setting(Self.place, to: Self.entry))
    }

    private func removed(_ text: String) throws -> String {
        self.text(try JSONText(Array(text.utf8)).removing(Self.place))
    }

    /// A text, and what it is with the entry.
    struct Case: CustomTestStringConvertible {
        let name: String
        let old: String
        let new: String
        /// What is left when the entry goes again; the old text unless said.
        var left: String?
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "nothing", old: "",
            new: """
                {
                  "mcpServers": {
                    "holdfast": {
                      "command": "/usr/bin/holdfast",
                      "args": ["mcp"]
                    }
                  }
                }

                """, left: "{}\n"),
        Case(
            name: "other settings, four blanks",
            old: """
                {
                    "theme": "dark"
                }

                """,
            new: """
                {
                    "theme": "dark",
                    "mcpServers": {
                        "holdfast": {
                            "command": "/usr/bin/holdfast",
                            "args": ["mcp"]
                        }
                    }
                }

                """),
        Case(
            name: "another server, tabs, no line end at the end",
            old: "{\n\t\"mcpServers\": {\n\t\t\"a\": { \"command\": \"x\" }\n\t}\n}",
            new: """
                {
                \t"mcpServers": {
                \t\t"a": { "command": "x" },
                \t\t"holdfast": {
                \t\t\t"command": "/usr/bin/holdfast",
                \t\t\t"args": ["mcp"]
                \t\t}
                \t}
                }
                """),
        Case(
            name: "comments and trailing commas",
            old: """
                // mine
                {
                  "mcpServers": {
                    "a": {}, // one
                    /* two */
                  }, // three
                  // four
                }
                // five
                """,
            new: """
                // mine
                {
                  "mcpServers": {
                    "a": {}, // one
                    /* two */
                    "holdfast": {
                      "command": "/usr/bin/holdfast",
                      "args": ["mcp"]
                    },
                  }, // three
                  // four
                }
                // five
                """),
        Case(
            name: "a comment behind the last member",
            old: """
                {
                  "mcpServers": {
                    "a": {} // one
                  }
                }
                """,
            new: """
                {
                  "mcpServers": {
                    "a": {}, // one
                    "holdfast": {
                      "command": "/usr/bin/holdfast",
                      "args": ["mcp"]
                    }
                  }
                }
                """),
        Case(
            name: "one line",
            old: #"{"a":1,"mcpServers":{"b":{"command":"x"}}}"#,
            new:
                #"{"a":1,"mcpServers":{"b":{"command":"x"},"holdfast":{"command":"/usr/bin/holdfast","args":["mcp"]}}}"#
        ),
        Case(
            name: "one line with blanks", old: #"{ "a": 1 }"#,
            new:
                #"{ "a": 1, "mcpServers": {"holdfast": {"command": "/usr/bin/holdfast", "args": ["mcp"]}} }"#
        ),
        Case(
            name: "Windows' line ends and a byte order mark",
            old: "\u{FEFF}{\r\n  \"a\": 1\r\n}\r\n",
            new:
                "\u{FEFF}{\r\n  \"a\": 1,\r\n  \"mcpServers\": {\r\n    \"holdfast\": {\r\n      \"command\": \"/usr/bin/holdfast\",\r\n      \"args\": [\"mcp\"]\r\n    }\r\n  }\r\n}\r\n"
        ),
        Case(
            name: "an empty table of servers",
            old: """
                {
                  "mcpServers": {},
                  "z": [1, 2]
                }
                """,
            new: """
                {
                  "mcpServers": {
                    "holdfast": {
                      "command": "/usr/bin/holdfast",
                      "args": ["mcp"]
                    }
                  },
                  "z": [1, 2]
                }
                """,
            left: """
                {
                  "z": [1, 2]
                }
                """),
        Case(
            name: "comments alone", old: "// nothing yet\n",
            new: """
                // nothing yet
                {
                  "mcpServers": {
                    "holdfast": {
                      "command": "/usr/bin/holdfast",
                      "args": ["mcp"]
                    }
                  }
                }

                """, left: "// nothing yet\n{}\n"),
    ]

    @Test(arguments: cases) func `an entry is put in and taken out, and all else stays`(_ sample: Case) throws
    {
        let new = try added(sample.old)
        #expect(new == sample.new)
        #expect(try removed(new) == sample.left ?? sample.old)
        #expect(try JSONText(Array(new.utf8)).value(at: Self.place) == Self.entry.json)
        #expect(try added(new) == new)
    }

    @Test func `an entry that is there gives way in its place`() throws {
        let old = #"{"mcpServers": {"holdfast": {"command": "old"}, "b": 1}}"#
        #expect(
            try added(old)
                == #"{"mcpServers": {"holdfast": {"command": "/usr/bin/holdfast", "args": ["mcp"]}, "b": 1}}"#
        )
        let lines = """
            {
              "mcpServers": {
                // ours
                "holdfast": {
                  "command": "old", // of May
                  "autoApprove": []
                }
              }
            }
            """
        let changed = try JSONText(Array(lines.utf8)).setting(Self.place + ["command"], to: .text("new"))
        #expect(text(changed) == lines.replacing("\"old\"", with: "\"new\""))
        let more = try JSONText(changed).setting(Self.place + ["args"], to: .list([.text("mcp")]))
        #expect(
            text(more)
                == text(changed).replacing(
                    "\"autoApprove\": []", with: "\"autoApprove\": [],\n      \"args\": [\"mcp\"]"))
    }

    @Test(arguments: [
        (#"{"holdfast": 1, "b": 2}"#, #"{"b": 2}"#),
        (#"{"a": 1, "holdfast": 1, "b": 2}"#, #"{"a": 1, "b": 2}"#),
        (#"{"a": 1, "holdfast": 1}"#, #"{"a": 1}"#), (#"{"a": 1, "holdfast": 1,}"#, #"{"a": 1,}"#),
        (#"{"a": 1, "holdfast": 1 /* x */, "b": 2}"#, #"{"a": 1, /* x */ "b": 2}"#),
        ("{\"a\": 1, // c\n\"holdfast\": 1, \"b\": 2}", "{\"a\": 1, // c\n \"b\": 2}"),
        (#"{"holdfast": 1}"#, "{}"), ("{ // c\n \"holdfast\": 1\n}", "{ // c\n}"),
        (#"{"a": 1}"#, #"{"a": 1}"#),
    ])
    func `what goes takes its comma along and no comment`(_ old: String, _ new: String) throws {
        #expect(text(try JSONText(Array(old.utf8)).removing(["holdfast"])) == new)
    }

    @Test(arguments: [
        "{", #"{"a": }"#, #"{"a": 1 "b": 2}"#, #"{'a': 1}"#, "{a: 1}", #"{"a": 1}}"#, #"{"a": [1, 2}"#,
        #"{"mcpServers": {"a": {"command": "x"#, "{} // fine\n{}", "{/* no end }", #"{"a": 01}"#,
        #"{"a": tru}"#,
        #"{"a": "x\q"}"#, "{\"a\": \"line\nend\"}", #"{, "a": 1}"#, #"{"a": 1,, "b": 2}"#, "[1, 2", "nul",
        "{]",
    ])
    func `what is broken is refused`(_ broken: String) {
        let error = #expect(throws: ConfigTextError.self) { try JSONText(Array(broken.utf8)) }
        #expect(error?.kind == .unreadable)
    }

    @Test func `the line of a mistake is told`() {
        let error = #expect(throws: ConfigTextError.self) {
            try JSONText(Array("{\n  \"a\": 1,\n  \"b\": x\n}".utf8))
        }
        #expect(error?.line == 3)
    }

    @Test func `bytes that are no text, and texts of other kinds, are refused`() {
        for bytes: [UInt8] in [[0x7B, 0xFF, 0x7D], [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]] {
            #expect(throws: ConfigTextError.self) { try JSONText(bytes) }
        }
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(throws: ConfigTextError.self) { try JSONText(deep) }
    }

    @Test(arguments: [
        "[]", "1", #"{"mcpServers": []}"#, #"{"mcpServers": null}"#,
        #"{"mcpServers": {}, "mcpServers": {"a": 1}}"#,
        #"{"mcpServers": {"holdfast": 1, "holdfast": 2}}"#,
    ])
    func `where an entry has no one place it is refused`(_ text: String) {
        let error = #expect(throws: ConfigTextError.self) {
            try JSONText(Array(text.utf8)).setting(Self.place, to: Self.entry)
        }
        #expect(error?.kind == .unsupported)
    }

    @Test func `names that are given twice elsewhere, and halves of characters, are no obstacle`() throws {
        let old = #"{"h": [{"x": 1, "x": 2}, "\ud83d"], "mcpServers": {"a": 1}}"#
        let new = try added(old)
        #expect(try removed(new) == old)
        #expect(new.hasPrefix(#"{"h": [{"x": 1, "x": 2}, "\ud83d"], "mcpServers": {"a": 1, "holdfast""#))
    }

    @Test func `numbers that no program counts with are kept`() throws {
        let old = #"{"x": 1e400, "y": -1E+999, "mcpServers": {}}"#
        let new = try added(old)
        #expect(new.hasPrefix(#"{"x": 1e400, "y": -1E+999, "#))
        #expect(throws: ConfigTextError.self) { try JSONText(Array(#"{"x": 1e400.5}"#.utf8)) }
    }

    @Test func `a megabyte of other things stays as it is`() throws {
        let history = (0..<20_000).map { "    {\"display\": \"line \($0) \\\"quoted\\\" ü\", \"n\": \($0)}" }
        let old =
            "{\n  \"numStartups\": 3,\n  \"history\": [\n" + history.joined(separator: ",\n")
            + "\n  ],\n  \"mcpServers\": {\n    \"a\": {}\n  },\n  \"z\": 1\n}\n"
        #expect(old.utf8.count > 1_000_000)
        let new = try added(old)
        #expect(new.utf8.count > old.utf8.count && new.hasPrefix(old.prefix(1_000_000)))
        #expect(try removed(new) == old)
    }

    @Test func `each literal tells where it is written, those of names given twice too`() throws {
        let text = "\u{FEFF}// ä\n{\"a\": [\"\\u0041\", 1e400, true,], /* \"x\" */ \"a\": null}\n"
        let bytes = Array(text.utf8)
        let literals = try JSONText(bytes).literals
        let written = literals.map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(written == ["\"a\"", "\"\\u0041\"", "1e400", "true", "\"a\"", "null"])
        #expect(literals.map(\.text) == ["a", "A", "1e400", "true", "a", "null"])
        #expect(literals.map(\.role) == [.name, .text, .other, .other, .name, .other])
        #expect(try JSONText([]).literals.isEmpty)
    }
}
