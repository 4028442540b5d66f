package import Basics
package import Operations

/// A command that stays until it is ended instead of giving a result: a server.
///
/// Its parameters are declared like those of an operation; what it does is told from outside, as this module knows no
/// server.
package struct ResidentCommand: Sendable {
    /// How it was called.
    package struct Call: Sendable {
        /// The folder given with `--home`; nil for the usual place.
        package let home: String?
        /// The least important log lines that are wanted; nil for none.
        package let logLevel: Log.Level?
        /// Builds what operations work with.
        package let makeContext: CommandLine.ContextBuilder
    }

    /// What a command tells about itself instead of staying.
    package struct Report: Sendable {
        package let json: JSONValue
        package let display: [DisplayBlock]

        package init(json: JSONValue, display: [DisplayBlock]) {
            self.json = json
            self.display = display
        }
    }

    let words: [String]
    let summary: String
    let discussion: String
    let examples: [Contract.Example]
    let isHidden: Bool
    /// The names of fields that work and are shown nowhere.
    let hidden: Set<String>
    var fields: [OperationField] { table.value }
    private let table: OnDemand<[OperationField]>
    let body: @Sendable ([String: JSONValue], Call) async throws(OperationError) -> Report?

    /// - Parameters:
    ///   - words: the words after `holdfast`.
    ///   - summary: one phrase without a full stop.
    ///   - discussion: paragraphs, or empty.
    ///   - hidden: the names of fields that work and are shown nowhere.
    ///   - run: returns when the command has ended as it should, with what it only told about itself, where it did;
    ///     cancelled by the signals that end the program.
    package init<Input: OperationInput>(
        _ words: [String], summary: String, discussion: String = "", examples: [Contract.Example] = [],
        isHidden: Bool = false, hidden: Set<String> = [], input: Input.Type,
        run: @escaping @Sendable (Input, Call) async throws(OperationError) -> Report?
    ) {
        self.words = words
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.isHidden = isHidden
        self.hidden = hidden
        table = OnDemand { OperationField.table(of: Input()) }
        body = { (arguments: [String: JSONValue], call: Call) async throws(OperationError) in
            let command = words.joined(separator: " ")
            return try await run(try OperationField.input(Input.self, from: arguments, of: command), call)
        }
    }
}
