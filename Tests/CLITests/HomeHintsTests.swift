import Operations
import Testing

@testable import CLI

/// The commands that a text recommends carry the `--home` of the one that was run.
@Suite struct HomeHintsTests {
    private let tree = CommandTree(allOperations)

    private func text(_ text: String, home: String? = "/srv/x") -> String {
        HomeHints(tree: tree, home: home).text(text)
    }

    @Test(arguments: [
        ("Set it up with: holdfast init", "Set it up with: holdfast init --home /srv/x"),
        (
            "run: holdfast key restore --from FILE",
            "run: holdfast key restore --home /srv/x --from FILE"
        ),
        (
            "‘holdfast doctor’ shows it; see holdfast backup list.",
            "‘holdfast doctor --home /srv/x’ shows it; see holdfast backup list --home /srv/x."
        ),
        ("The folder /var/lib/holdfast init is none", "The folder /var/lib/holdfast init is none"),
        ("holdfast walks, and holdfast backup dances", "holdfast walks, and holdfast backup dances"),
    ])
    func `each command gets it behind its words`(_ given: String, _ wanted: String) {
        #expect(text(given) == wanted)
        #expect(text(given, home: nil) == given)
    }

    @Test func `the folder is quoted`() {
        #expect(text("Run: holdfast init", home: "/a b") == "Run: holdfast init --home '/a b'")
    }

    @Test func `what operations show gets it as well, but no content of a file`() {
        let blocks: [DisplayBlock] = [.lines(["Run: holdfast init"]), .text("Run: holdfast init")]
        let shown = HomeHints(tree: tree, home: "/h").blocks(blocks)
        #expect(shown == [.lines(["Run: holdfast init --home /h"]), .text("Run: holdfast init")])
    }
}
