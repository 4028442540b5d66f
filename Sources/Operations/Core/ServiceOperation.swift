/// One thing a user can do: typed input, typed output, effect, errors and words, defined once.
///
/// The command line, REST, MCP and the documentation are renderings of these definitions; none of them holds product
/// logic or a parameter list of its own.
package protocol ServiceOperation: Sendable {
    associatedtype Input: OperationInput
    associatedtype Output: Codable & Sendable & Displayable

    /// The operation's name, words, effect and errors.
    static var contract: Contract { get }

    init()

    /// Does what must be done where the caller is before the operation goes to the background; asks a person, for
    /// example. Only long operations are asked.
    func prepare(_ input: Input, in context: OperationContext) async throws(OperationError)

    /// Carries the operation out.
    ///
    /// Cancelling the calling task ends it at the next safe point and throws `cancelled`.
    func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output
}

extension ServiceOperation {
    package func prepare(_ input: Input, in context: OperationContext) async throws(OperationError) {}
}

/// The parameters of an operation: a struct whose properties all carry `@Field`.
package protocol OperationInput: Codable, Sendable {
    /// Names in JSON that are not the property's words joined by `_`, by property.
    static var names: [String: String] { get }

    init()
}

extension OperationInput {
    package static var names: [String: String] { [:] }
}

/// An operation without parameters.
package struct NoInput: OperationInput {
    package init() {}
}
