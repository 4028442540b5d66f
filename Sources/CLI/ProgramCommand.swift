package import Basics
package import Operations

/// A command that is no operation: it serves until it is ended, on another surface than this one.
package struct ProgramCommand: Sendable {
    /// What is shown when it only tells about itself.
    package struct Report: Sendable {
        package let json: JSONValue
        package let display: [DisplayBlock]

        package init(json: JSONValue, display: [DisplayBlock]) {
            self.json = json
            self.display = display
        }
    }

    /// Runs it until it ends by itself or its task is cancelled.
    ///
    /// `home` is the folder given with `--home`; `logLevel` the least important log lines that are wanted.
    package typealias Body =
        @Sendable (_ arguments: [String: JSONValue], _ home: String?, _ logLevel: Log.Level?)
        async throws(OperationError) -> Report?

    let words: [String]
    let summary: String
    let discussion: String
    let fields: [OperationField]
    let hidden: Set<String>
    let examples: [Contract.Example]
    let run: Body

    /// - Parameter hidden: the names of fields that work and are shown nowhere.
    package init(
        words: [String], summary: String, discussion: String, fields: [OperationField], hidden: Set<String>,
        examples: [Contract.Example], run: @escaping Body
    ) {
        self.words = words
        self.summary = summary
        self.discussion = discussion
        self.fields = fields
        self.hidden = hidden
        self.examples = examples
        self.run = run
    }
}
