import Basics
import CLI
import Glibc
import Operations
import Testing

@Suite struct CommandLineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let code: Int32
        let output: String
        let errors: String

        init(_ line: String, _ code: Int32, output: String = "", errors: String = "") {
            self.line = line
            self.code = code
            self.output = output
            self.errors = errors
        }

        var testDescription: String { line }
    }

    static let cases = [
        Case("gadget show a", 0, output: "gadget  a\n"),
        Case("--home /x gadget show a -q", 0, output: "gadget  a\n"),
        Case("gadget show a --form partial", 3, output: "Parts\none failed\n"),
        Case("gadget show a --form lines", 0, output: "two\nlines\n"),
        Case(
            "gadget show x --form missing", 4,
            errors: "holdfast: No gadget is called ‘x’\n  See: holdfast gadget list\n"),
        Case(
            "gadget show x --form missing -v", 4,
            errors: "holdfast: No gadget is called ‘x’ [device-unknown]\n  See: holdfast gadget list\n"),
        Case("tidy", 1, errors: "holdfast: This cannot happen\n"),
        Case("gadget show a --home /nowhere", 7, errors: "holdfast: There is no folder /nowhere\n"),
        Case(
            "gadget trust", 9,
            errors: """
                holdfast: The gadget shows the key SHA256:ab+/=
                  To say yes, add: --accept-fingerprint SHA256:ab+/=

                """),
        Case(
            "gadget trust --accept-fingerprint x", 9,
            errors: "holdfast: It is old\n  To say yes, add: --yes\n"),
        Case("version", 0, output: "holdfast 1.2.3 (abcdef0)\nSwift 6.3.1\nlibssh 0.10.6\n"),
        Case("--version", 0, output: "holdfast 1.2.3 (abcdef0)\nSwift 6.3.1\nlibssh 0.10.6\n"),
        Case("__complete gadget", 0, output: "alpha\nbeta\n$(touch pwned)\n"),
        Case("__complete nonsense", 0),
    ]

    @Test func `a word that is no UTF-8 is refused by name, in JSON too`() async {
        for (more, stream) in [([], "errors"), (["--json"], "output")] {
            let terminal = MemoryTerminal()
            let commandLine = CommandLine(
                operations: sampleOperations, version: sampleVersion, terminal: terminal,
                makeContext: sampleContext)
            let words = (["gadget", "show", "--home"] + more).map { Array($0.utf8) }
            let code = await commandLine.run(words: words + [[0x78, 0xFF]])
            #expect(code == 2)
            let text = stream == "output" ? terminal.output + terminal.errors : terminal.errors
            #expect(text.contains("is no UTF-8 text"), "\(text)")
            #expect(text.contains("Argument \(words.count + 1)"), "\(text)")
        }
        let terminal = MemoryTerminal()
        let commandLine = CommandLine(
            operations: sampleOperations, version: sampleVersion, terminal: terminal,
            makeContext: sampleContext)
        #expect(await commandLine.run(words: ["gadget", "show", "a"].map { Array($0.utf8) }) == 0)
        #expect(terminal.output == "gadget  a\n")
    }

    @Test func `help of a topic is the same in front and behind`() async {
        for topic in ["environment", "exit-codes"] {
            let behind = await speak([topic, "--help"])
            #expect(behind.code == 0)
            #expect(behind.output == (await speak(["help", topic])).output)
        }
        #expect(await speak(["--json"]).output.contains("Usage"))
    }

    @Test(arguments: cases) func `a command line prints what is expected and ends with its code`(_ test: Case)
        async
    {
        let spoken = await speak(words(test.line))
        #expect(spoken.code == test.code)
        #expect(spoken.output == test.output)
        #expect(spoken.errors == test.errors)
    }

    @Test(arguments: [
        ("gadget show a --json", 0), ("gadget show a --form partial --json", 3), ("gadget list --json", 0),
        ("gadget show x --form missing --json", 4), ("gadget shwo --json", 2), ("gadget --json", 2),
        ("--json", 0), ("environment --help --json", 0),
        ("gadget trust --json", 9), ("version --json", 0), ("help gadget --json", 0), ("--help --json", 0),
        ("completion bash --json", 0), ("docs manual --json", 0), ("--bogus --json", 2), ("tidy --json", 1),
    ]) func `with --json there is exactly one document, errors too`(_ line: String, _ code: Int32)
        async throws
    {
        let spoken = await speak(words(line))
        #expect(spoken.code == code)
        let json = try JSONParser.parse(spoken.output)
        #expect((json["error"] != nil) == (code != 0 && code != 3))
        if let error = json["error"] {
            #expect(error["code"]?.string?.isEmpty == false)
            #expect(error["message"]?.string?.isEmpty == false)
            #expect(error["hint"]?.string != nil)
            #expect(!spoken.errors.isEmpty)
        }
    }

    @Test func `a program is told what would be confirmed and is never asked`() async throws {
        let terminal = MemoryTerminal.attended(answers: ["y", "y"])
        let spoken = await speak(["gadget", "trust", "--json"], terminal)
        let json = try JSONParser.parse(spoken.output)
        #expect(json["error"]?["confirmation"]?["field"] == "accept_fingerprint")
        #expect(spoken.code == 9)
    }

    @Test(arguments: [
        (["y", "YES "], 0, "trusted  SHA256:ab+/=\n"), (["y", "n"], 9, ""), ([""], 9, ""), ([], 9, ""),
        (["maybe"], 9, ""),
    ]) func `at a terminal each question is asked, and only yes goes on`(
        _ answers: [String], _ code: Int32, _ output: String
    ) async {
        let terminal = MemoryTerminal.attended(variables: ["TERM": "dumb"], answers: answers)
        let spoken = await speak(["gadget", "trust"], terminal)
        #expect(spoken.code == code)
        #expect(spoken.output == output)
        #expect(spoken.errors.contains("The gadget shows the key SHA256:ab+/=. Is it right? [y/N] "))
    }

    @Test func `whoever interrupts a question has not said no to it`() async {
        let terminal = MemoryTerminal.attended(variables: ["TERM": "dumb"])
        let spoken = await Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await speak(["gadget", "trust"], terminal)
        }.value
        #expect(spoken.code == 130 && spoken.errors.contains("[y/N]"), "\(spoken)")
    }

    @Test func `what was typed before a question answers nothing`() async {
        let terminal = MemoryTerminal.attended(
            variables: ["TERM": "dumb"], answers: ["n"], typedAhead: ["y", "y", "y"])
        let spoken = await speak(["gadget", "trust"], terminal)
        #expect(spoken.code == 9 && spoken.output.isEmpty)
    }

    @Test func `nobody is asked when the answer could not come from a person`() async {
        let terminal = MemoryTerminal(interactive: [.output, .error], answers: ["y", "y"])
        let spoken = await speak(["gadget", "trust"], terminal)
        #expect(spoken.code == 9)
        #expect(!spoken.errors.contains("[y/N]"))
    }

    @Test func `binary content is kept from a terminal and reaches anything else untouched`() async {
        let person = MemoryTerminal.attended()
        let refused = await speak(words("gadget show a --form binary"), person)
        #expect(refused.code == 2)
        #expect(refused.output.isEmpty)
        let pipe = MemoryTerminal()
        let passed = await speak(words("gadget show a --form binary"), pipe)
        #expect(passed.code == 0)
        #expect(pipe.rawOutput == [0x00, 0xFF, 0x1B])
    }

    @Test func `names of devices cannot drive the terminal`() async {
        let spoken = await speak(["gadget", "list"], .attended())
        #expect(spoken.output.contains("we\\e[31mird"))
        #expect(!spoken.output.contains("\u{1B}[31m"))
    }

    @Test(arguments: [
        (MemoryTerminal.attended(), true), (MemoryTerminal(), false),
        (MemoryTerminal.attended(variables: ["TERM": "dumb"]), false),
        (MemoryTerminal.attended(variables: [:]), false),
        (MemoryTerminal.attended(variables: ["TERM": "xterm", "NO_COLOR": "1"]), false),
        (MemoryTerminal.attended(variables: ["TERM": "xterm", "NO_COLOR": ""]), true),
    ]) func `colours are for terminals that want them`(_ terminal: MemoryTerminal, _ isColoured: Bool) async {
        let spoken = await speak(["gadget", "list"], terminal)
        #expect(spoken.output.contains("\u{1B}[32mfine\u{1B}[0m") == isColoured)
    }

    @Test func `--no-color switches colours off`() async {
        let spoken = await speak(["gadget", "list", "--no-color"], .attended())
        #expect(!spoken.output.contains("\u{1B}"))
    }

    @Test func `a closed pipe ends the command without a word`() async {
        let spoken = await speak(["gadget", "list"], MemoryTerminal(outputError: EPIPE))
        #expect(spoken.code == 141)
        #expect(spoken.errors.isEmpty)
    }

    @Test func `an output that is full is an error`() async {
        let spoken = await speak(["gadget", "list"], MemoryTerminal(outputError: ENOSPC))
        #expect(spoken.code == 7)
        #expect(spoken.errors.contains("the disk is full"))
    }

    @Test(arguments: [[], ["--json"]])
    func `an output that is closed is told once, in plain words`(_ options: [String]) async {
        let spoken = await speak(["gadget", "list"] + options, MemoryTerminal(outputError: EBADF))
        #expect(spoken.code == 7)
        #expect(spoken.errors.ranges(of: "standard output is closed").count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `cancelling the task ends the operation with 130`() async {
        let terminal = MemoryTerminal()
        let task = Task { await speak(words("gadget watch --forever"), terminal) }
        // Its first event shows that it runs.
        while !terminal.errors.contains("alpha"), !Task.isCancelled { await Task.yield() }
        task.cancel()
        let spoken = await task.value
        #expect(spoken.code == 130)
        #expect(spoken.errors.contains("Interrupted while watching"))
    }

    @Test func `events are shown harmless and without secrets, and --quiet silences them`() async {
        let spoken = await speak(["gadget", "watch"])
        #expect(spoken.errors == "alpha: seen\\u{7} password=‹hidden›\n")
        let quiet = await speak(["gadget", "watch", "--quiet"])
        #expect(quiet.errors.isEmpty)
        #expect(quiet.output == "seen  1\n")
    }

    @Test func `--verbose tells how long it took`() async {
        let spoken = await speak(["gadget", "show", "a", "--verbose"])
        // More than a minute where the machine has much else to do: then minutes and seconds.
        #expect(
            spoken.errors.wholeMatch(of: /took ([0-9]+\.[0-9]{2} s|[0-9:]+)\n/) != nil, "\(spoken.errors)")
    }
}
