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

    let words: [String]
    let summary: String
    let discussion: String
    let examples: [Contract.Example]
    let isHidden: Bool
    let fields: [OperationField]
    let body: @Sendable ([String: JSONValue], Call) async throws(OperationError) -> Void

    /// - Parameters:
    ///   - words: the words after `holdfast`.
    ///   - summary: one phrase without a full stop.
    ///   - discussion: paragraphs, or empty.
    ///   - run: returns when the command has ended as it should; cancelled by the signals that end the program.
    package init<Input: OperationInput>(
        _ words: [String], summary: String, discussion: String = "", examples: [Contract.Example] = [],
        isHidden: Bool = false, input: Input.Type,
        run: @escaping @Sendable (Input, Call) async throws(OperationError) -> Void
    ) {
        self.words = words
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.isHidden = isHidden
        fields = OperationField.table(of: Input())
        body = { (arguments: [String: JSONValue], call: Call) async throws(OperationError) in
            try await run(try OperationField.input(Input.self, from: arguments), call)
        }
    }
}
