import Basics
import Operations
import Testing

@testable import CLI

/// The rules that the real operations must keep for every surface to be derived from them.
@Suite struct RegistryTests {
    private static let tree = CommandTree(allOperations)

    @Test func `commands are sorted and none is there twice`() {
        let commands = allOperations.map(\.contract.command)
        #expect(commands == commands.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(Set(commands).count == commands.count)
    }

    @Test func `no command is the beginning of another, nor one of our own`() {
        let commands = Self.tree.all.map(\.words)
        for command in commands {
            let longer = commands.filter { $0.count > command.count && $0.starts(with: command) }
            #expect(longer.isEmpty, "\(command) is both a command and a noun")
            #expect(commands.filter { $0 == command }.count == 1, "\(command) is there twice")
        }
    }

    @Test func `every noun is explained`() {
        for noun in Self.tree.nouns { #expect(!Nouns.meaning(of: noun).isEmpty, "Nouns.swift lacks \(noun)") }
    }

    @Test(arguments: allOperations) func `names are well-formed and clash with nothing`(
        _ operation: AnyOperation
    ) {
        let entry = CommandEntry(operation)
        let global = Set(GlobalOptions.parameters.map(\.optionName))
        let globalLetters = Set(GlobalOptions.parameters.compactMap(\.short))
        let names = entry.parameters.map(\.optionName)
        #expect(Set(names).count == names.count)
        #expect(Set(entry.options.map(\.optionName)).isDisjoint(with: global))
        #expect(Set(entry.parameters.compactMap(\.short)).isDisjoint(with: globalLetters))
        for name in names + entry.words {
            #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, "\(entry.name): \(name)")
        }
        let lists = entry.operands.dropLast().filter(\.isList)
        #expect(lists.isEmpty, "\(entry.name): only the last operand may be a list")
        #expect(!entry.options.contains { $0.optionName.hasPrefix("no-") })
    }

    @Test(arguments: allOperations) func `everything is documented`(_ operation: AnyOperation) {
        let contract = operation.contract
        let name = contract.command.joined(separator: " ")
        #expect(
            !contract.summary.isEmpty && !contract.summary.hasSuffix("."),
            "\(name): a phrase without full stop")
        #expect(!contract.examples.isEmpty, "\(name): at least one example")
        for field in operation.fields {
            #expect(field.description.help.hasSuffix("."), "\(name) \(field.name): a sentence")
        }
    }

    @Test(arguments: allOperations) func `every example is a call that works`(_ operation: AnyOperation)
        throws
    {
        for example in operation.contract.examples {
            // What a shell would do with the rest of the line is not ours.
            let line = shellWords(example.command).prefix { ![">", "|", "&&", "#"].contains($0) }
            #expect(line.first == "holdfast", "\(example.command)")
            let invocation = try InvocationParser.parse(Array(line.dropFirst()), Self.tree)
            guard case .command(let entry, _) = invocation.target else {
                Issue.record("no command: \(example.command)")
                continue
            }
            #expect(entry.words == operation.contract.command, "\(example.command)")
        }
    }

    /// The words of a line with single quotes.
    private func shellWords(_ line: String) -> [String] {
        let pieces = line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
        // A space outside of quotes becomes one that no word holds.
        let joined = pieces.map {
            $0.isMultiple(of: 2) ? String($1).replacing(" ", with: "\u{0}") : String($1)
        }
        return joined.joined().split(separator: "\u{0}").map(String.init)
    }

    @Test(.enabled(if: !allOperations.isEmpty, "there are no operations yet"))
    func `the first steps are commands that exist`() throws {
        for step in ProgramWords.firstSteps {
            #expect(Self.tree.entry(step.words) != nil, "\(step.row.term)")
            _ = try InvocationParser.parse(words(step.row.term).dropFirst().map { $0 }, Self.tree)
        }
    }
}
