import TestSupport
import Testing

@Suite struct HelpTests {
    @Test(arguments: [
        ("help", "help.txt"), ("help gadget", "help-gadget.txt"),
        ("help gadget create", "help-gadget-create.txt"),
        ("help tidy", "help-tidy.txt"), ("help exit-codes", "help-exit-codes.txt"),
        ("help environment", "help-environment.txt"), ("help completion", "help-completion.txt"),
    ]) func `help says what is recorded`(_ line: String, _ name: String) async {
        let spoken = await speak(words(line))
        #expect(spoken.code == 0)
        #expect(spoken.errors.isEmpty)
        let mismatch = Golden.mismatch(spoken.output, name)
        #expect(mismatch == nil)
    }

    @Test(arguments: [
        ("", "help"), ("--help", "help"), ("-h", "help"), ("gadget", "help gadget"),
        ("gadget --help", "help gadget"),
        ("gadget create --help", "help gadget create"), ("gadget create x --bogus -h", "help gadget create"),
        ("help", "--help"), ("tidy -h", "help tidy"),
    ]) func `help is the same however it is asked for`(_ one: String, _ other: String) async {
        let (left, right) = (await speak(words(one)), await speak(words(other)))
        #expect(left.output == right.output)
        #expect(left.code == 0 && !left.output.isEmpty)
    }

    @Test func `help on what is no command says so`() async {
        let spoken = await speak(words("help gadget creat"))
        #expect(spoken.code == 2)
        #expect(spoken.errors.contains("Did you mean ‘holdfast gadget create’?"))
    }

    @Test(arguments: ["", "gadget create x --bogus ", "gadget list --level ", "help "])
    func `a secret typed in the wrong place is not repeated`(_ before: String) async {
        let token = "ghp_" + String(repeating: "aB3", count: 12)
        for more in [[], ["--json"]] {
            let spoken = await speak(words(before) + [token] + more)
            #expect(spoken.code == 2)
            #expect(!spoken.errors.contains(token) && !spoken.output.contains(token), "\(spoken.errors)")
        }
    }

    @Test func `hidden commands are nowhere in help`() async {
        let spoken = await speak(["help"])
        #expect(!spoken.output.contains("__complete") && !spoken.output.contains("docs"))
    }

    @Test(arguments: [20, 40, 60, 200]) func `help keeps within the terminal`(_ width: Int) async {
        let spoken = await speak(["help", "exit-codes"], .attended(width: width))
        let widest = spoken.output.split(separator: "\n").map(\.count).max() ?? 0
        #expect(widest <= max(40, min(width, 100)))
    }
}
