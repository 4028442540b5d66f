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
    ])
    func `what is broken is refused`(_ text: String) {
        let error = #expect(throws: ConfigTextError.self) { try TOMLText(Array(text.utf8)) }
        #expect(error?.kind == .unreadable)
    }

    @Test(arguments: [
        "mcp_servers = { a = { command = \"x\" } }\n", "[[mcp_servers]]\nname = \"a\"\n", "mcp_servers = 1\n",
    ])
    func `what is written in another form is left alone`(_ text: String) {
        let error = #expect(throws: ConfigTextError.self) { try added(text) }
        #expect(error?.kind == .unsupported)
    }
}
