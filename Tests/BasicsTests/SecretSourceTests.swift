import Basics
import Testing

/// Values in the source of a program that stand apart from their names.
@Suite struct SecretSourceTests {
    /// Passwords as people and programs make them up.
    private static let passwords = [
        "hunter2Xq", "x^9Kq%wB#2mL", "copper-walnut-engine-river", "Zm9v+YmFy/YmF6cXV4Cg==",
    ]

    @Test(arguments: PlantedSources.secret.flatMap { kind in kind.lines.map { [kind.ending, $0] } })
    func `what a statement gives to a secret's name is hidden`(_ source: [String]) {
        let path = "/srv/app/a.\(source[0])"
        for password in Self.passwords {
            let line = source[1].split(separator: "§", omittingEmptySubsequences: false).joined(
                separator: password)
            let shown = Redactor().redact("a\n\(line)\nb\n", at: path)
            #expect(!shown.contains(password) && shown.contains("‹hidden›"), "\(shown)")
            #expect(Redactor().redact(shown, at: path) == shown)
        }
    }

    @Test(arguments: PlantedSources.plain.flatMap { kind in kind.lines.map { [kind.ending, $0] } })
    func `what names a secret and gives none stays readable`(_ source: [String]) {
        let text = "a\n\(source[1])\nb\n"
        #expect(Redactor().redact(text, at: "/srv/app/a.\(source[0])") == text)
    }
}
