import Basics
import TestSupport
import Testing

@testable import CLI

@Suite struct CompletionTests {
    private static func isInstalled(_ shell: String) -> Bool {
        (try? Shell.run("command -v \(shell) >/dev/null")) != nil
    }

    private static let bashIsHere = isInstalled("bash")
    private static let fishIsHere = isInstalled("fish")
    private static let zshIsHere = isInstalled("zsh")

    private static let tree = CommandTree(sampleOperations)

    @Test(arguments: CLI.Shell.allCases) func `the script is the recorded one`(_ shell: CLI.Shell) async {
        let spoken = await speak(["completion", shell.rawValue])
        #expect(spoken.code == 0)
        let mismatch = Golden.mismatch(spoken.output, "completion.\(shell.rawValue)")
        #expect(mismatch == nil)
    }

    @Test(arguments: CLI.Shell.allCases) func `the shell accepts the script, where it is installed`(
        _ shell: CLI.Shell
    ) throws {
        guard Self.isInstalled(shell.rawValue) else { return }
        let folder = try ScratchFolder()
        try folder.write(Array(shell.script(for: Self.tree).utf8), to: "script")
        try TestSupport.Shell.run("\(shell.rawValue) -n \(folder.path)/script 2>&1")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        let offered: [String]

        init(_ line: String, _ offered: [String]) {
            self.line = line
            self.offered = offered
        }

        var testDescription: String { line }
    }

    /// The last word is the one to complete; `_` stands for an empty one.
    static let cases = [
        Case("_", ["completion", "gadget", "help", "tidy", "version"]),
        Case("ga", ["gadget"]),
        Case("gadget _", ["create", "list", "show", "trust", "watch"]),
        Case("--home /x gadget l", ["list"]),
        Case("gadget create --co", ["--colour", "--count"]),
        Case("gadget create --no-c", ["--no-check", "--no-color"]),
        Case("gadget create --colour _", ["green", "red", "ultramarine"]),
        Case("gadget create -c u", ["ultramarine"]),
        Case("gadget create --only-parts g", ["green"]),
        Case("gadget show a", ["alpha"]),
        Case("gadget show alpha b", []),
        Case("completion _", ["bash", "fish", "zsh"]),
        Case("help exit", ["exit-codes"]),
        Case("tidy --js", ["--json"]),
    ]

    /// A folder with the script and a `holdfast` that knows names, one of them hostile.
    private func stage(_ shell: CLI.Shell) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(Array(shell.script(for: Self.tree).utf8), to: "script")
        let program = "#!/bin/sh\nprintf '%s\\n' alpha beta '$(touch \(folder.path)/pwned)'\n"
        // Written by another process: one that this one starts meanwhile would hold it open, and it could not be run.
        try folder.write(Array(program.utf8), to: "program")
        try TestSupport.Shell.run("cd \(folder.path) && cp program holdfast && chmod +x holdfast")
        return folder
    }

    private func offered(_ output: [UInt8]) -> [String] {
        String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
    }

    @Test(.enabled(if: bashIsHere, "bash is not installed"), arguments: cases)
    func `bash offers what fits`(_ test: Case) throws {
        let folder = try stage(.bash)
        let typed = words(test.line).map { $0 == "_" ? "''" : "'\($0)'" }
        let program = """
            PATH=\(folder.path):$PATH; . \(folder.path)/script; COMP_WORDS=(holdfast \(typed.joined(separator: " ")))
            COMP_CWORD=\(typed.count); _holdfast; printf '%s\\n' "${COMPREPLY[@]}"
            """
        try folder.write(Array(program.utf8), to: "run")
        #expect(offered(try TestSupport.Shell.output("bash \(folder.path)/run")) == test.offered)
    }

    @Test(.enabled(if: bashIsHere, "bash is not installed"))
    func `names that look like commands are offered and never run`() throws {
        let folder = try stage(.bash)
        let program = """
            PATH=\(folder.path):$PATH; . \(folder.path)/script; COMP_WORDS=(holdfast gadget show '')
            COMP_CWORD=3; _holdfast; printf '%s\\n' "${#COMPREPLY[@]}"; ls \(folder.path)
            """
        try folder.write(Array(program.utf8), to: "run")
        let lines = offered(try TestSupport.Shell.output("bash \(folder.path)/run"))
        #expect(lines.contains("3") && !lines.contains("pwned"))
    }

    @Test(.enabled(if: fishIsHere, "fish is not installed"), arguments: cases)
    func `fish offers what fits`(_ test: Case) throws {
        // fish offers every option where one is begun, with those of every command; `--no-c` and so on are the same.
        let folder = try stage(.fish)
        let line = test.line == "_" ? "" : test.line.hasSuffix("_") ? String(test.line.dropLast()) : test.line
        let program =
            "set -x PATH \(folder.path) $PATH; . \(folder.path)/script; complete -C 'holdfast \(line)'"
        try folder.write(Array(program.utf8), to: "run")
        let output = try TestSupport.Shell.output("HOME=\(folder.path) fish --no-config \(folder.path)/run")
        let names = offered(output).map { $0.split(separator: "\t").first.map(String.init) ?? "" }
        #expect(Set(names).isSuperset(of: test.offered))
        let isExact = !test.line.contains(" -") && test.line != "gadget show alpha b"
        #expect(!isExact || names.sorted() == test.offered)
    }

    @Test(.enabled(if: zshIsHere, "zsh is not installed"), arguments: cases)
    func `zsh offers what fits`(_ test: Case) throws {
        let folder = try stage(.zsh)
        let typed = words(test.line).map { $0 == "_" ? "''" : "'\($0)'" }
        let current = test.line.hasSuffix("_") ? "" : words(test.line).last ?? ""
        // The functions of the completion system print what they are given; its matching is not ours to test.
        let program = """
            path=(\(folder.path) $path); compdef() { : }; _files() { : }
            compadd() { if [[ $1 == -a ]]; then print -rl -- ${(P)2}; else shift; print -rl -- "$@"; fi }
            _describe() { local name=$argv[-1]; print -rl -- ${${(P)name}%%:*} }
            . \(folder.path)/script; words=(holdfast \(typed.joined(separator: " "))); CURRENT=\(typed.count + 1); _holdfast
            """
        try folder.write(Array(program.utf8), to: "run")
        let output = offered(try TestSupport.Shell.output("zsh -f \(folder.path)/run"))
        #expect(output.filter { $0.hasPrefix(current) } == test.offered)
    }
}
