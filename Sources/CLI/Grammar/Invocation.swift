import Basics

/// A command line, understood.
struct Invocation: Sendable {
    /// What is asked for.
    enum Target: Sendable {
        /// An explanation of the words; none means the overview.
        case help([String])
        case version
        /// A command and its arguments by their names in JSON.
        case command(CommandEntry, [String: JSONValue])
    }

    let options: GlobalOptions
    let target: Target
}
