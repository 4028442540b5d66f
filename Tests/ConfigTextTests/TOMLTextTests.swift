import Basics
import ConfigText
import Testing

@Suite struct TOMLTextTests {
    private static let place = ["mcp_servers", "holdfast"]
    private static let entry = ConfigValue.table([
        .init("command", .text("/usr/bin/holdfast")), .init("args", .list([.text("mcp"), .text("--x")])),
    ])
    private static let written = """
        [mcp_servers.holdfast]
        command = "/usr/bin/holdfast"
        args = ["mcp", "--x"]
        """

    private func added(_ old: String) throws -> String {
        String(decoding: try TOMLText(Array(old.utf8)).setting(Self.place, to: Self.entry), as: UTF8.self)
    }

    private func removed(_ text: String) throws -> String {
        String(decoding: try TOMLText(Array(text.utf8)).removing(Self.place), as: UTF8.self)
    }

    static let texts = [
        "model = \"o3\"\n", "model = \"o3\"", "# mine\r\nmodel = 'o3' # here\r\n", "\u{FEFF}a = 1\n",
        "[mcp_servers.other]\ncommand = \"x\"\n\n[mcp_servers.other.env]\nTOKEN = \"t\"\n",
        "[mcp_servers]\n\n[tui]\nx = [\n  1, # one\n  2,\n]\n# the end\n",
        "mcp_servers.a.command = \"x\"\n", "[[list]]\na = 1\n[[list]]\na = 2\n[list.b]\nc = 3\n",
        "a = \"\"\"\n[mcp_servers.holdfast]\n\"\"\"\nb = '''x'''\nd = 1979-05-27T07:32:00Z\ne = -1.5e3\n",
    ]

    @Test(arguments: texts) func `a table is put at the end and taken out again`(_ old: String) throws {
        let new = try added(old)
        #expect(new.hasPrefix(old))
        #expect(new.replacing("\r\n", with: "\n").contains(Self.written))
        #expect(try TOMLText(Array(new.utf8)).value(at: Self.place) == Self.entry.json)
        #expect(try removed(new) == old)
        #expect(!old.contains("\r\n") || !new.replacing("\r\n", with: "").contains("\n"))
    }

    @Test func `an empty text takes it as well`() throws {
        #expect(try added("") == Self.written + "\n")
        #expect(try removed(added("")) == "")
    }

    @Test func `one value of a table changes in its place, and a new one follows the others`() throws {
        let old = "\(Self.written) # ours\nstartup_timeout_sec = 20\n\n[other]\n"
        let changed = try TOMLText(Array(old.utf8)).setting(
            Self.place + ["args"], to: .list([.text("mcp")]))
        #expect(String(decoding: changed, as: UTF8.self) == old.replacing(", \"--x\"", with: ""))
        let more = try TOMLText(Array(old.utf8)).setting(Self.place + ["enabled"], to: .flag(true))
        #expect(
            String(decoding: more, as: UTF8.self)
                == old.replacing("= 20\n", with: "= 20\nenabled = true\n"))
    }

    @Test func `a table in the middle goes with its own tables and leaves the rest`() throws {
        let old = """
            a = 1

            # servers
            [mcp_servers.holdfast]
            command = "x"

            [mcp_servers.holdfast.env]
            A = "b"

            # the next one
            [tui]
            c = 2

            """
        #expect(try removed(old) == "a = 1\n\n# servers\n\n# the next one\n[tui]\nc = 2\n")
        #expect(
            try removed(Self.written + "\n\n[tui]\nc = 2\n") == "[tui]\nc = 2\n")
    }

    @Test(arguments: [
        "a", "a = ", "a = [1, 2", "a = \"x", "[a", "[[a]", "a = 1 b = 2", "a = 1\na = 2\n", "[a]\n[a]\n",
        "a = {b = 1",
        "a = x", "= 1", "a = \"\\q\"", "a = 1\n[a]\n", "a.b = 1\n[a.b.c]\n", "a = '''x", "a = \"\"\"x",
        // What a table is made of, it is made of once.
        "a.b.c = 1\n[a]\nd = 2\n", "[a.b]\nx = 1\n[a]\nb.y = 2\n", "a = {b = 1}\n[a.c]\nd = 1\n",
        "[fruit]\napple.color = 1\n[fruit.apple]\n", "a = [{b = 1}]\n[[a]]\n", "[a]\n[[a]]\n", "[[a]]\n[a]\n",
        "[a.b.c]\nz = 9\n[a]\nb.c.t = 9\n", "[[a]]\n[x]\na.b = 1\n[[x.a.b]]\n",
        "x = {b = {x = 1}, b.y = 2}\n",
        "a = \"\"\"x\"\"\"\"\"\"\n", "d = 2021-02-29\n", "d = 2026-04-31\n",
        String(repeating: "a.", count: 200_000) + "a = 1\n",
    ])
    func `what is broken is refused`(_ text: String) {
        let error = #expect(throws: ConfigTextError.self) { try TOMLText(Array(text.utf8)) }
        #expect(error?.kind == .unreadable)
    }

    @Test(arguments: [
        "mcp_servers = { a = { command = \"x\" } }\n", "[[mcp_servers]]\nname = \"a\"\n", "mcp_servers = 1\n",
        "mcp_servers = { a.command = \"x\" }\n",
    ])
    func `what is written in another form is left alone`(_ text: String) {
        let error = #expect(throws: ConfigTextError.self) { try added(text) }
        #expect(error?.kind == .unsupported)
    }
}

/// Entries that one text has, put into another as they are written.
@Suite struct WrittenEntryTests {
    private static let values = """
        [mcp_servers.a] # t
        startup_timeout_sec = 10.0
        big = [1_000, 0xff, 1e3, -0.5, nan, +inf]
        day = 2026-01-02
        at = 2026-01-02T03:04:05.6Z
        spaced = 2026-01-02 03:04:05
        text = \"""
        line1 "q" \\
           joined \""\"""
        lit = '''
        raw\\n
        '''
        env = { "A" = 'b', n = 1.50 } # e
        # in between
        [mcp_servers.a.tools.x]
        y = true # last
        """

    private func put(_ backup: String, into now: String, _ name: String = "a") throws -> String {
        let path = ["mcp_servers", name]
        let entry = try #require(try TOMLText(Array(backup.utf8)).written(at: path))
        let new = try TOMLText(Array(now.utf8)).setting(path, to: entry)
        #expect(try TOMLText(new).value(at: path) == entry.json)
        return String(decoding: new, as: UTF8.self)
    }

    @Test func `an entry of TOML comes back byte by byte, where it was or at the end`() throws {
        let backup = "# one\n\(Self.values)\n\n[other]\nk = 1\n"
        #expect(try put(backup, into: "x = 1\n") == "x = 1\n\n\(Self.values)\n")
        #expect(try put(backup, into: "") == Self.values + "\n")
        let now =
            "# one\n[mcp_servers.a]\ncommand = \"evil\"\n\n[z]\n\n[mcp_servers.a.env]\nA = 1\n\n# mine\n[other]\n"
        #expect(try put(backup, into: now) == "# one\n\(Self.values)\n\n[z]\n\n# mine\n[other]\n")
        let crlf = try put("[mcp_servers.a]\nb = 1.0\nc = 2\n", into: "x = 1\r\n")
        #expect(crlf == "x = 1\r\n\r\n[mcp_servers.a]\r\nb = 1.0\r\nc = 2\r\n")
    }

    @Test func `one in braces stays one`() throws {
        let backup = "[mcp_servers]\na = { command = 'x', t = 1.0 } # c\nb = {}\n"
        let line = "a = { command = 'x', t = 1.0 }"
        #expect(
            try put(backup, into: "[mcp_servers]\nb = {}\n\n[y]\n")
                == "[mcp_servers]\nb = {}\n\(line)\n\n[y]\n")
        #expect(try put(backup, into: "y = 1\n") == "y = 1\n\n[mcp_servers]\n\(line)\n")
        #expect(
            try put(backup, into: "[mcp_servers]\na = { command = 'evil' } # d\n")
                == "[mcp_servers]\n\(line) # d\n")
    }

    @Test(arguments: [
        "mcp_servers.a.command = 'x'\n", "[mcp_servers]\na.command = 'x'\n", "[[mcp_servers.a]]\nb = 1\n",
    ]) func `what is written in pieces is left to people`(_ text: String) throws {
        let document = try TOMLText(Array(text.utf8))
        #expect(throws: ConfigTextError.self) { try document.written(at: ["mcp_servers", "a"]) }
    }

    @Test func `an entry of JSON comes back as it is written, indented as the text is`() throws {
        let entry = """
            { // mine
                    "command": "npx", "n": 12345678901234567890, "e": 1E5, "s": "\\u00e9\\/ \\ud800",
                    "list": [ 1,
                        2 ],
                }
            """
        let backup = "{\n    \"mcpServers\": {\n    \"a\": \(entry.replacing("\n", with: "\n    "))\n  }\n}\n"
        let written = try #require(try JSONText(Array(backup.utf8)).written(at: ["mcpServers", "a"]))
        let now = try JSONText(Array("{\r\n\t\"mcpServers\": {\r\n\t\t\"b\": {}\r\n\t}\r\n}\r\n".utf8))
        let new = String(decoding: try now.setting(["mcpServers", "a"], to: written), as: UTF8.self)
        let laid = entry.replacing("\n", with: "\r\n\t\t")
        #expect(new == "{\r\n\t\"mcpServers\": {\r\n\t\t\"b\": {},\r\n\t\t\"a\": \(laid)\r\n\t}\r\n}\r\n")
        let compact = try JSONText(Array(#"{"mcpServers":{"a":{"x":1}}}"#.utf8)).written(at: [
            "mcpServers", "a",
        ])
        let other = try JSONText(Array("{}".utf8)).setting(["mcpServers", "a"], to: try #require(compact))
        #expect(String(decoding: other, as: UTF8.self).contains("\"a\": {\"x\":1}"))
    }

    @Test(arguments: [
        "1.2.3", "01", "1__0", "_1", "2026-13-45", "0xZZ", "+", "1e", "1.", ".5", "10:99:00", "{a=1,}", "0x",
        "+0x1",
        "2026-01-02T", "2026-01-02 03:04:05 Z", "1979-05-27T07:32:00+25:00", "\"\"\" \\q \"\"\"",
        "'''\u{1}'''",
        "1 # \u{2}", "TRUE", "1_",
    ]) func `what TOML does not allow is refused`(_ value: String) {
        #expect(throws: ConfigTextError.self) { try TOMLText(Array("x = \(value)\n".utf8)) }
    }

    @Test(arguments: [
        "0", "-0.0", "+1_000.5e-3", "0o17", "0b1_0", "0xdead_BEEF", "inf", "-nan", "07:32:00", "07:32:00.999",
        "1979-05-27t07:32:00-07:00", "1979-05-27 07:32:00Z", "1979-05-27", "6.626e-34", "5E+22",
    ]) func `what it allows is read`(_ value: String) throws {
        _ = try TOMLText(Array("x = \(value) # y\n".utf8))
    }

    @Test(arguments: [
        (
            "[fruit]\napple.color = 1\napple.size = 2\n[fruit.apple.taste]\nx = 3\n",
            #"{"fruit":{"apple":{"color":1,"size":2,"taste":{"x":3}}}}"#
        ),
        ("[a.b.c]\nx = 1\n[a]\nb.d = 2\n", #"{"a":{"b":{"c":{"x":1},"d":2}}}"#),
        ("[[a]]\nb.c = 1\n[a.d]\ne = 1\n[[a]]\n[a.d]\n", #"{"a":[{"b":{"c":1},"d":{"e":1}},{"d":{}}]}"#),
        (
            "a = \"\"\"x\"\"\"\"\"\nb = {c.d = 1, c.e = 2}\nf = 2024-02-29\n",
            #"{"a":"x\"\"","b":{"c":{"d":1,"e":2}},"f":"2024-02-29"}"#
        ),
    ]) func `tables grow where they may`(_ text: String, _ json: String) throws {
        #expect(try TOMLText(Array(text.utf8)).value(at: []) == JSONParser.parse(json))
    }

    @Test func `a table that names with dots make gets no header`() throws {
        let now = "mcp_servers.b.command = \"y\"\n"
        let error = #expect(throws: ConfigTextError.self) {
            try put("[mcp_servers]\na = {command = \"x\"}\n", into: now)
        }
        #expect(error?.kind == .unsupported)
    }

    @Test func `texts of several lines mean what they mean`() throws {
        let document = try TOMLText(
            Array("a = \"\"\"\nx \\\n\n   y\\u00e9\"\"\"\"\"\nb = '''\r\nz\\'''\n".utf8))
        #expect(try document.value(at: ["a"]) == "x yé\"\"")
        #expect(try document.value(at: ["b"]) == "z\\")
    }

    @Test func `each literal tells where it is written`() throws {
        let text = "\u{FEFF}# ä\n[a.\"b c\"]\nd.e = {f = '''\nx\ny''', g = [\"\\U00000041\", 1_000]} # h\n"
        let bytes = Array(text.utf8)
        let literals = try TOMLText(bytes).literals
        let written = literals.map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(
            written == [
                "a", "\"b c\"", "d", "e", "f", "'''\nx\ny'''", "g", "\"\\U00000041\"", "1_000",
            ])
        #expect(literals.map(\.text) == ["a", "b c", "d", "e", "f", "x\ny", "g", "A", "1000"])
        #expect(literals.map(\.role) == [.name, .name, .name, .name, .name, .text, .name, .text, .other])
    }

    @Test func `escapes of later versions are refused`() {
        #expect(throws: ConfigTextError.self) { try TOMLText(Array("a = \"\\e\"\n".utf8)) }
    }
}
