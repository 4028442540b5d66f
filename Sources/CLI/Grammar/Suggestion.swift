/// Finds the words that people use for the same thing.
enum Suggestion {
    /// Words that people use for the same thing; the first of each row is nobody's favourite.
    private static let families: [[String]] = [
        ["add", "create", "new"],
        ["delete", "remove", "rm", "forget"],
        ["edit", "set", "update"],
        ["get", "info", "inspect", "show", "status"],
        ["list", "ls"],
        ["check", "test", "verify"],
    ]

    /// The other words for what `word` says.
    static func synonyms(of word: String) -> [String] {
        families.first { $0.contains(word) }?.filter { $0 != word } ?? []
    }
}
