/// A word after which secrets stand where the grammar of a program puts them, and not behind a telling name.
struct SecretStatement: Sendable {
    /// How the program is told.
    enum Grammar: Sendable {
        /// The word behind one of these options, or joined to it where the second list has it; only behind `word` where
        /// one is given.
        case option([String], joined: [String], after: String?)
        /// The word of at least so many bytes behind one of these options.
        case long([String], least: Int)
        /// What follows the first of these bytes in the word behind one of these options, or joined to it; only behind
        /// `word` where one is given.
        case part(UInt8, [String], after: String?)
        /// What follows the last colon in the word behind one of these options.
        case lastPart([String])
        /// The words behind one of these words, unless they say where something is.
        case keyword([String])
        /// The word behind one of these words and perhaps the number of a coding; at the beginning of a line only.
        case keyed([String])
        /// The words with these numbers, counted from 0; at the beginning of a line only.
        case places([Int])
        /// Some of the words that are no options.
        case operands(Operands)
        /// The last of file, account and password where an option says that the password is given; these options take a
        /// value.
        case batch(valued: [String])
        /// The word that stands that many behind a word with this beginning, unless it is an option.
        case distant(String, Int)
        /// What follows the slash of the first word that holds one, up to an `@`.
        case slashed
        /// The last word of a line that it begins, behind one of these words, a level and the number of a coding; the
        /// number may be missing only where nothing stands before those words.
        case coded([String])
        /// What follows the first colon of the word with this number.
        case afterColon(Int)
        /// What follows the colon of the first word, at the beginning of a line, where it is an account's name before it.
        case account
        /// The fourth word of a line that it begins: host, port, account, password.
        case proxy
        /// The quoted text behind `BY` or `AS`.
        case identified
        /// The next word, behind a colon and a space.
        case behindColon
        /// The argument with this number, counted from 0, of a call, where it is a text in quotation marks.
        case argument(Int)
        /// The text with this number, counted from 0, among the texts that a call is given, whatever makes another of it.
        case text(Int)
        /// The second word, in quotation marks, behind a colon and a space.
        case quotedBehindColon
        /// What follows the colon in what it is given to read: what is echoed into it, or a text behind `<<<`.
        case echoed
        /// What it is given to read, where one of these words follows or none is asked for.
        case piped([String])
        /// The values of a row that a statement of SQL inserts.
        case inserted
        /// What is said, where the name of a setting before says that a program tells the password so.
        case spoken
        /// What is sent, ended by a return, behind a prompt for a password.
        case answer

        /// Whether a parenthesis follows the word.
        var isCall: Bool {
            switch self {
            case .argument, .text: true
            default: false
            }
        }

        /// Whether the word may be the last of its line.
        var mayEndLine: Bool {
            switch self {
            case .echoed, .piped: true
            default: false
            }
        }
    }

    /// Which words that are no options are secrets.
    struct Operands: Sendable {
        /// Their numbers, counted from 0.
        let places: [Int]
        /// How many there are; with any other number none is a secret, as sentences have any.
        let count: ClosedRange<Int>
        /// The words of the command that stand before them, in this order.
        let command: [String]
        /// Options that take a value.
        let valued: [String]
        /// How long a secret is at least, in bytes.
        let least: Int

        init(
            _ places: [Int], of count: ClosedRange<Int>, after command: [String] = [],
            valued: [String] = [], least: Int = 1
        ) {
            self.places = places
            self.count = count
            self.command = command
            self.valued = valued
            self.least = least
        }
    }

    /// At least two bytes.
    let word: [UInt8]
    let grammar: Grammar

    init(_ word: String, _ grammar: Grammar) {
        self.word = Array(word.utf8)
        self.grammar = grammar
    }

    /// By the number of the first two bytes.
    static let byStart: [[SecretStatement]] = all.table(of: 1024) { SecretScan.pair($0.word[0], $0.word[1]) }
}
