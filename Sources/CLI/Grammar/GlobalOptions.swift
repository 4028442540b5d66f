import Operations

/// The options that every command takes, anywhere on the line.
struct GlobalOptions: Sendable, Equatable {
    /// How much is said besides the result.
    enum Verbosity: Sendable, Equatable {
        /// Errors only.
        case quiet
        case normal
        /// Error codes and times as well.
        case verbose
    }

    /// The folder of the state, when given.
    var home: String?
    /// One JSON document on standard output instead of text.
    var isJSON = false
    var verbosity = Verbosity.normal
    /// Colour where the terminal can.
    var isColourAllowed = true
    var wantsHelp = false
    var wantsVersion = false

    /// Their names and words, as help, completion and documents show them.
    static let parameters = [
        Parameter("help", "Explain the command.", kind: .flag, short: "h"),
        Parameter(
            "home", "The folder of the state instead of HOLDFAST_HOME.", kind: .text(format: "path"),
            placeholder: "DIR"),
        Parameter("json", "Print one JSON document instead of text; errors too.", kind: .flag),
        Parameter("no_color", "No colours; NO_COLOR and TERM=dumb mean the same.", kind: .flag),
        Parameter("quiet", "No progress and no remarks.", kind: .flag, short: "q"),
        Parameter("verbose", "Error codes and times as well.", kind: .flag, short: "v"),
        Parameter("version", "Show the version.", kind: .flag),
    ]

    /// Takes the option of that name.
    mutating func set(_ name: String, to value: String?) {
        switch name {
        case "help": wantsHelp = true
        case "home": home = value
        case "json": isJSON = true
        case "no_color": isColourAllowed = false
        case "quiet": verbosity = .quiet
        case "verbose": verbosity = .verbose
        case "version": wantsVersion = true
        default: preconditionFailure("no option of every command is named \(name)")
        }
    }

    /// What can be known before the line is understood: how its errors are to be shown.
    init(preview arguments: [String]) {
        let options = arguments.prefix { $0 != "--" }
        isJSON = options.contains("--json")
        isColourAllowed = !options.contains("--no-color")
    }

    init() {}
}
