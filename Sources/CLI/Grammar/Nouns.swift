/// What the commands are about, in the order in which help shows them.
///
/// A noun of the registry that is missing here fails a test.
enum Nouns {
    /// The noun as typed, and what it is, as a phrase.
    static let all: [(noun: String, meaning: String)] = [
        ("device", "machines Holdfast may reach; this one is called local"),
        ("backup", "sealed points in time of a device: make, look, compare, prove, take out"),
        ("restore", "bring things back: plan, carry out, undo, look at"),
        ("rebuild", "get a whole device back on a blank machine"),
        ("approval", "a person's yes to one plan"),
        ("policy", "a person's yes to plans of a narrow kind, beforehand"),
        ("job", "long work in the background: look, follow, end it"),
        ("vault", "the store that holds the backups"),
        ("section", "the kinds of things that a backup holds"),
        ("key", "the key that opens the vault"),
        ("token", "what programs and assistants show to be let in"),
        ("host-config", "configuration of assistants' programs: keep it, put it back"),
        ("mcp", "assistants' programs: let them start Holdfast"),
        ("audit", "the record of everything that changed something"),
    ]

    /// What the noun is; empty for an unknown one.
    static func meaning(of noun: String) -> String { all.first { $0.noun == noun }?.meaning ?? "" }

    /// Those of `nouns`, known ones first in their order.
    static func ordered(_ nouns: [String]) -> [String] {
        let known = all.map(\.noun)
        return known.filter { nouns.contains($0) } + nouns.filter { !known.contains($0) }
    }
}
