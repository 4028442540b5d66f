/// Shell text with which a script clears away after itself, however it ends.
package enum ShellTrap {
    private static let ignoring = "trap \"\" HUP INT TERM PIPE"

    /// Runs `action` once the script ends, and ends it with 143 where a signal asks for that.
    ///
    /// A second signal comes soon behind the first: `timeout` sends one to its child and one to its group. It would end the shell in
    /// the middle of `action`, and what that has started, so from the first on they are ignored.
    package static func clearing(_ action: String) -> String {
        """
        trap \(ShellQuoting.word("\(ignoring); \(action)")) EXIT
        trap \(ShellQuoting.word("\(ignoring); exit 143")) HUP INT TERM PIPE
        """
    }

    /// Runs `action` where a signal asks the script to end, and ends it with 143; not where it ends by itself.
    package static func cleared(_ action: String) -> String {
        "trap \(ShellQuoting.word("\(ignoring); \(action); exit 143")) HUP INT TERM PIPE"
    }
}
