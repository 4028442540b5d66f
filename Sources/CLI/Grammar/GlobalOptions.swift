import Basics
import Operations

/// The options that every command takes, anywhere on the line.
struct GlobalOptions: Sendable, Equatable {
    /// How much is said besides the result.
    enum Verbosity: Int, Sendable, Comparable {
        /// Errors and warnings only.
        case quiet
        case normal
        /// Error codes, times and log lines on what was done as well.
        case verbose
        /// Log lines for developers too.
        case debug

        static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }

        /// The least important log lines that are written; nil for none.
        var logLevel: Log.Level? {
            switch self {
            case .quiet, .normal: nil
            case .verbose: .info
            case .debug: .debug
            }
        }
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
        Parameter("debug", "Like --verbose, with details for developers.", kind: .flag),
        Parameter("help", "Explain the command.", kind: .flag, short: "h"),
        Parameter(
            "home", "The folder of the state instead of HOLDFAST_HOME.", kind: .text(format: "path"),
            placeholder: "DIR"),
        Parameter("json", "Print one JSON document instead of text; errors too.", kind: .flag),
        Parameter("no_color", "No colours; NO_COLOR and TERM=dumb mean the same.", kind: .flag),
        Parameter("quiet", "No progress and no remarks.", kind: .flag, short: "q"),
        Parameter(
            "verbose", "Error codes, times, and a line of JSON on standard error for each step.", kind: .flag,
            short: "v"),
        Parameter("version", "Show the version.", kind: .flag),
    ]

    /// Takes the option of that name.
    mutating func set(_ name: String, to value: String?) {
        switch name {
        case "debug": verbosity = .debug
        case "help": wantsHelp = true
        case "home": home = value
        case "json": isJSON = true
        case "no_color": isColourAllowed = false
        case "quiet": verbosity = .quiet
        case "verbose": verbosity = max(verbosity, .verbose)
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
