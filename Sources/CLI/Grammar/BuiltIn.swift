import Operations

/// The commands that belong to the command line itself and not to the product.
enum BuiltIn: String, Sendable, CaseIterable {
    case complete = "__complete"
    case completion
    case docs
    case help
    case version

    /// Left out of help and completion: for scripts and for building the documents.
    var isHidden: Bool { self == .complete || self == .docs }

    /// One phrase: what it does.
    var summary: String {
        switch self {
        case .complete: "Print names that may stand at a place of the command line"
        case .completion: "Print the completion script of a shell"
        case .docs: "Print a document that is generated from the operations"
        case .help: "Explain a command or a topic"
        case .version: "Show the version and what the program is built with"
        }
    }

    /// Paragraphs, or empty.
    var discussion: String {
        switch self {
        case .completion:
            """
            Load it in the running shell, or save it where the shell looks for completions, for example in \
            /etc/bash_completion.d/holdfast, a folder of zsh's fpath as _holdfast, or \
            ~/.config/fish/completions/holdfast.fish.
            """
        case .help:
            "Without words: the overview. Topics: \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", "))."
        default: ""
        }
    }

    /// What it takes.
    var parameters: [Parameter] {
        switch self {
        case .complete:
            [
                Parameter(
                    "format", "What the names are of, for example `device`.", kind: .text(format: ""),
                    isOperand: true, isRequired: true)
            ]
        case .completion:
            [
                Parameter(
                    "shell", "The shell.", kind: .choice(Shell.allCases.map(\.rawValue)), isOperand: true,
                    isRequired: true)
            ]
        case .docs:
            [
                Parameter(
                    "document", "The document.", kind: .choice(Document.allCases.map(\.rawValue)),
                    isOperand: true, isRequired: true)
            ]
        case .help:
            [
                Parameter(
                    "words", "The words of the command, or the topic.", kind: .list(.text(format: "")),
                    isOperand: true, placeholder: "WORD")
            ]
        case .version: []
        }
    }

    /// Calls to show.
    var examples: [Contract.Example] {
        switch self {
        case .completion:
            [.init("holdfast completion bash > ~/.holdfast.bash", "write bash's script to a file")]
        case .help: [.init("holdfast help backup create", "explain one command")]
        default: []
        }
    }
}
