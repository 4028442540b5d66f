import Basics
import Operations
import TestSupport
import Testing

@testable import CLI

@Suite struct InvocationParserTests {
    private static let tree = CommandTree(sampleOperations)

    struct Good: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let values: [String: JSONValue]

        init(_ line: String, _ values: [String: JSONValue]) {
            arguments = words(line)
            self.values = values
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let good = [
        Good("gadget create a", ["gadgets": ["a"]]),
        Good("gadget create a b c --all", ["gadgets": ["a", "b", "c"], "all": true]),
        Good("gadget create --no-check a", ["gadgets": ["a"], "check": false]),
        Good("gadget create --check a", ["gadgets": ["a"], "check": true]),
        Good("gadget create a --count 7", ["gadgets": ["a"], "count": 7]),
        Good("gadget create a --count=-7", ["gadgets": ["a"], "count": -7]),
        Good("gadget create a --count -7", ["gadgets": ["a"], "count": -7]),
        Good("gadget create a -n 2 -c green", ["gadgets": ["a"], "count": 2, "colour": "green"]),
        Good("gadget create a -qvn 2", ["gadgets": ["a"], "count": 2]),
        Good("gadget create a --name=", ["gadgets": ["a"], "name": ""]),
        Good("gadget create a --name=x=y", ["gadgets": ["a"], "name": "x=y"]),
        Good("gadget create a --name=--all", ["gadgets": ["a"], "name": "--all"]),
        Good("gadget create a --name -", ["gadgets": ["a"], "name": "-"]),
        Good("gadget create --path /x a --path /y", ["gadgets": ["a"], "path": ["/x", "/y"]]),
        Good(
            "gadget create a --only-parts red --only-parts=green",
            ["gadgets": ["a"], "only_parts": ["red", "green"]]),
        Good("gadget create -- --all -n --", ["gadgets": ["--all", "-n", "--"]]),
        Good("gadget create -", ["gadgets": ["-"]]),
        Good("gadget show gadget", ["gadget": "gadget"]),
        Good("tidy", [:]),
        Good("completion fish", ["shell": "fish"]),
    ]

    @Test(arguments: good) func `a line becomes the arguments of its command`(_ test: Good) throws {
        let invocation = try InvocationParser.parse(test.arguments, Self.tree)
        guard case .command(let entry, let values) = invocation.target else {
            Issue.record("no command")
            return
        }
        #expect(test.arguments.filter { entry.words.contains($0) }.count >= entry.words.count)
        #expect(values == test.values)
    }

    @Test func `options of every command may stand anywhere`() throws {
        let line = words("--json --home /h gadget -q show --no-color a")
        let options = try InvocationParser.parse(line, Self.tree).options
        #expect(options.isJSON && options.home == "/h" && options.verbosity == .quiet)
        #expect(!options.isColourAllowed)
    }

    @Test(arguments: [
        ("", []), ("gadget", ["gadget"]), ("--help", []), ("gadget -h", ["gadget"]),
        ("gadget create --bogus --count --help", ["gadget", "create"]),
        ("-h gadget create x y", ["gadget", "create"]),
        ("--home /x --help tidy", ["tidy"]), ("--home=/x gadget create -h", ["gadget", "create"]),
    ]) func `help answers even where the rest of the line is wrong`(_ line: String, _ expected: [String])
        throws
    {
        let invocation = try InvocationParser.parse(words(line), Self.tree)
        guard case .help(let words) = invocation.target else {
            Issue.record("no help")
            return
        }
        #expect(words == expected)
    }

    @Test func `what follows two dashes asks for no help`() throws {
        let invocation = try InvocationParser.parse(words("gadget create -- --help"), Self.tree)
        guard case .command(_, let values) = invocation.target else {
            Issue.record("no command")
            return
        }
        #expect(values == ["gadgets": ["--help"]])
    }

    @Test func `every wrong line has its own words`() throws {
        let lines = [
            "gadgte list", "gadget lst", "gadget delete", "show", "verify",
            "gadget show a b",
            "gadget create a --colur red", "gadget create a --colour rde", "gadget create a --count two",
            "gadget create a --count 99999999999999999999", "gadget create a --count",
            "gadget create a --name --all",
            "gadget create a --name x --name y", "gadget create a --all=yes", "gadget create a --no-all",
            "gadget create a --no-check=x", "gadget create a -x", "gadget create a -qx",
            "gadget create a -nq 2",
            "--count 2 gadget create a", "-n 2 gadget create a", "gadget list --home", "gadget show",
            "completion tcsh", "completion", "gadget create a --no-chekc", "tidy up",
        ]
        let text = lines.map { line -> String in
            do throws(OperationError) {
                _ = try InvocationParser.parse(words(line), Self.tree)
                Issue.record("accepted: \(line)")
                return ""
            } catch {
                #expect(error.code.category == .invalid)
                return "$ holdfast \(line)\n\(error.code.rawValue): \(error.message)\n  \(error.hint)\n"
            }
        }.joined(separator: "\n")
        let mismatch = Golden.mismatch(text, "usage-errors.txt")
        #expect(mismatch == nil)
    }
}
