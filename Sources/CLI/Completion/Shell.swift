/// A shell that completion scripts are written for.
enum Shell: String, Sendable, CaseIterable {
    case bash
    case fish
    case zsh

    /// The script to load in that shell.
    func script(for tree: CommandTree) -> String {
        let table = CompletionTable(tree)
        return switch self {
        case .bash: BashCompletion.script(table)
        case .fish: FishCompletion.script(table)
        case .zsh: ZshCompletion.script(table)
        }
    }
}
