import Operations
import TestSupport
import Testing

@testable import CLI

@Suite struct DocumentTests {
    private static let manIsHere = (try? TestSupport.Shell.run("command -v groff >/dev/null")) != nil

    @Test(arguments: Document.allCases) func `the document is the recorded one`(_ document: Document) async {
        let spoken = await speak(["docs", document.rawValue])
        #expect(spoken.code == 0)
        let name = document == .manual ? "holdfast.1" : "\(document.rawValue).md"
        let mismatch = Golden.mismatch(spoken.output, name)
        #expect(mismatch == nil)
    }

    @Test(.enabled(if: manIsHere, "groff is not installed"))
    func `the manual page is accepted without warnings`() throws {
        let folder = try ScratchFolder()
        try folder.write(
            Array(Document.manual.text(of: CommandTree(sampleOperations)).utf8), to: "holdfast.1")
        let output = try TestSupport.Shell.output("groff -man -Tutf8 -ww -z \(folder.path)/holdfast.1 2>&1")
        #expect(output.isEmpty)
    }

    @Test(arguments: [
        (".starts like a request", "\\&.starts like a request"), ("'too", "\\&'too"), ("a\\b", "a\\eb"),
        ("--all", "\\-\\-all"), ("日–", "\\[u65E5]\\[u2013]"),
    ]) func `nothing in a text is read as a request`(_ text: String, _ escaped: String) {
        #expect(ManualPage.plain(text) == escaped)
    }

    @Test func `cells cannot break a table`() {
        #expect(Markdown.table(["a"], [["x|y\nz"]]) == "| a |\n| --- |\n| x\\|y z |")
    }
}
