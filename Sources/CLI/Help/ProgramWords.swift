/// What the program says about itself.
enum ProgramWords {
    /// A command that a newcomer runs early on.
    struct Step: Sendable {
        /// The words that name the command; the step is left out where there is no such command.
        let words: [String]
        let row: (term: String, meaning: String)
    }

    /// One phrase: what it is.
    static let summary =
        "sealed, proven backups of Linux machines, read over SSH with nothing installed on them"

    /// The first minutes, in order.
    static let firstSteps = [
        Step(
            words: ["init"], row: ("holdfast init", "make the vault and its key; shows the recovery kit once")
        ),
        Step(words: ["backup", "create"], row: ("holdfast backup create local", "back up this machine")),
        Step(
            words: ["backup", "show"],
            row: ("holdfast backup show latest", "what it holds, and what it does not")),
        Step(
            words: ["device", "add"],
            row: ("holdfast device add nas1 root@192.168.1.10", "name another machine to read over SSH")),
    ]
}
