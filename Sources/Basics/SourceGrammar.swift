/// How a language writes what is no code: comments, and texts in quotation marks.
package struct SourceGrammar: Sendable {
    /// What opens a stretch over any number of lines, and what closes it.
    struct Stretch: Sendable {
        let (open, close): ([UInt8], [UInt8])

        init(_ open: String, _ close: String) {
            self.open = Array(open.utf8)
            self.close = Array(close.utf8)
        }
    }

    /// What begins a comment to the end of the line.
    let comments: [[UInt8]]
    /// Comments and texts over several lines.
    let stretches: [Stretch]
    /// Whether `'` encloses texts; else a single character, or nothing.
    let hasSingleQuotes: Bool
    /// Whether a text between `"` may go over several lines.
    let spansLines: Bool
    /// Whether texts go from a line with `<<WORD` to the line `WORD`, and from a line `=word` to `=cut` or `=end`.
    let hasDocuments: Bool

    private init(
        _ comments: [String], _ stretches: [(String, String)], single: Bool = false, spans: Bool = false,
        documents: Bool = false
    ) {
        self.comments = comments.map { Array($0.utf8) }
        self.stretches = stretches.map { Stretch($0.0, $0.1) }
        hasSingleQuotes = single
        spansLines = spans
        hasDocuments = documents
    }

    private static let block = ("/*", "*/")
    private static let triple = ("\"\"\"", "\"\"\"")
    private static let tripleSingle = ("'''", "'''")
    private static let backtick = ("`", "`")

    /// For a text without a name that is a program beyond doubt.
    static let any = SourceGrammar(
        ["//", "# ", "-- "], [block, triple, tripleSingle, backtick], single: true)

    private static let c = SourceGrammar(["//"], [block, triple])
    private static let rust = SourceGrammar(["//"], [block, ("r#\"", "\"#")], spans: true)
    private static let go = SourceGrammar(["//"], [block, backtick])
    private static let javaScript = SourceGrammar(["//"], [block, backtick], single: true)
    private static let groovy = SourceGrammar(["//"], [block, triple, tripleSingle], single: true)
    private static let php = SourceGrammar(
        ["//", "#"], [block], single: true, spans: true, documents: true)
    private static let python = SourceGrammar(["#"], [triple, tripleSingle], single: true)
    private static let ruby = SourceGrammar(["#"], [triple], single: true, documents: true)
    private static let lua = SourceGrammar(["--"], [("--[[", "]]"), ("[[", "]]")], single: true)
    private static let haskell = SourceGrammar(["--"], [("{-", "-}")])
    private static let erlang = SourceGrammar(["%"], [], single: true)
    private static let lisp = SourceGrammar([";"], [], spans: true)
    private static let terraform = SourceGrammar(["#", "//"], [block], documents: true)
    private static let nix = SourceGrammar(["#"], [block, ("''", "''")], spans: true)

    /// The languages by the ending of a file's name.
    static let byEnding: [String: SourceGrammar] = {
        var all: [String: SourceGrammar] = [:]
        for (grammar, endings) in [
            (c, "c h cc cpp cxx hpp hh m mm cs java swift kt kts scala zig proto v"), (rust, "rs"),
            (go, "go"),
            (javaScript, "js jsx mjs cjs ts tsx mts cts"), (groovy, "groovy gradle dart"), (php, "php"),
            (python, "py pyi pyw nim jl r"), (ruby, "rb rake pl pm ex exs cr graphql"), (lua, "lua"),
            (haskell, "hs elm"), (erlang, "erl hrl"), (lisp, "clj el scm lisp"),
            (terraform, "tf hcl"), (nix, "nix"),
        ] {
            for ending in endings.split(separator: " ") { all[String(ending)] = grammar }
        }
        return all
    }()
}
