import Basics
import Operations

/// All commands, found by their words.
struct CommandTree: Sendable {
    /// As they were given: a run looks for one of them, and few look at all.
    let all: [CommandEntry]

    init(_ operations: [AnyOperation], residents: [ResidentCommand] = []) {
        all =
            operations.map { CommandEntry($0) } + residents.map { CommandEntry($0) }
            + BuiltIn.allCases.map { CommandEntry($0) }
    }

    /// The command of exactly these words.
    func entry(_ words: [String]) -> CommandEntry? { all.first { $0.words == words } }

    /// Whether a command begins with these words.
    func isKnown(_ words: [String]) -> Bool { all.contains { $0.words.starts(with: words) } }

    /// What people are shown, under `words`; sorted.
    func visible(under words: [String] = []) -> [CommandEntry] {
        all.filter { !$0.isHidden && $0.words.starts(with: words) }
            .sorted { $0.words.lexicographicallyPrecedes($1.words) }
    }

    /// The words that may follow `words`, hidden ones left out; sorted.
    func next(after words: [String]) -> [String] {
        let depth = words.count
        let following = visible(under: words).compactMap { $0.words.count > depth ? $0.words[depth] : nil }
        return Set(following).sorted()
    }

    /// The first words of commands of more than one word; sorted.
    var nouns: [String] { Set(visible().filter { $0.words.count > 1 }.map { $0.words[0] }).sorted() }

    /// The error for words that are no command, with the likeliest ones that are.
    func unknown(_ words: [String]) -> OperationError {
        let known = Array(words.dropLast())
        let wrong = words.last ?? ""
        let typed = words.joined(separator: " ")
        let help = (["holdfast help"] + known).joined(separator: " ")
        let hits = candidates(for: wrong, after: known).map { "‘holdfast \($0)’" }
        let guess = hits.isEmpty ? "" : "Did you mean \(hits.prefix(3).joined(separator: " or "))? "
        return OperationError(
            .argumentUnknown, "‘\(typed)’ is no command", hint: "\(guess)All there are: \(help)")
    }

    /// Commands that `wrong` after `known` may have been meant for, best first.
    private func candidates(for wrong: String, after known: [String]) -> [String] {
        let near = NearestName.find(for: wrong, among: next(after: known))
        if let near { return [(known + [near]).joined(separator: " ")] }
        let alike = Suggestion.synonyms(of: wrong)
        let verbs = next(after: known).filter { alike.contains($0) }
        if !verbs.isEmpty { return verbs.map { (known + [$0]).joined(separator: " ") } }
        // A verb in the noun's place: `verify` for `backup verify`.
        guard known.isEmpty else { return [] }
        return visible().filter { $0.words.count > 1 && $0.words.last == wrong }.map(\.name)
    }
}
