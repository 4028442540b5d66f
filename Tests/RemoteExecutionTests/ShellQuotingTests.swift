import RemoteExecution
import Testing

@Suite("Quoting for a shell")
struct ShellQuotingTests {
    @Test(
        "Defect 4: no text is ever expanded",
        arguments: [
            ("", "''"), ("plain", "'plain'"), ("$(touch pwned)", "'$(touch pwned)'"), ("it's", "'it'\\''s'"),
            ("-rf", "'-rf'"), ("a b\nc", "'a b\nc'"), ("`id`\\", "'`id`\\'"),
        ])
    func words(text: String, word: String) {
        #expect(ShellQuoting.word(text) == word)
    }

    @Test("Bytes that are no text pass unchanged; NUL, which no word can hold, is left out")
    func bytes() {
        #expect(ShellQuoting.word([0xFF, 0x00, 0xFE]) == [0x27, 0xFF, 0xFE, 0x27])
    }
}
