/// Something worth explaining that is no command.
enum HelpTopic: String, Sendable, CaseIterable {
    case environment
    case exitCodes = "exit-codes"

    /// What the topic is about, as a phrase.
    var summary: String {
        switch self {
        case .environment: "the variables that change what the program does"
        case .exitCodes: "the numbers the program ends with"
        }
    }

    /// Terms and meanings.
    var rows: [(term: String, meaning: String)] {
        switch self {
        case .environment:
            [
                ("HOLDFAST_HOME", "the folder of the state, unless --home names one"),
                (
                    "XDG_DATA_HOME, XDG_CONFIG_HOME",
                    "where the state lies when neither is given; see `holdfast doctor`"
                ),
                ("HOLDFAST_KEY_PASSPHRASE", "the passphrase of the SSH keys that have one"),
                ("HOLDFAST_SSH_CONFIG", "the OpenSSH configuration to read instead of ~/.ssh/config"),
                ("NO_COLOR", "when set to anything: no colours"),
                ("TERM", "when `dumb`: no colours"),
            ]
        case .exitCodes: ExitCode.all.map { (String($0.number), $0.meaning) }
        }
    }
}
