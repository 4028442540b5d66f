import Operations

/// Why a command ended early.
enum CommandFailure: Error {
    /// The request or the operation failed.
    case failed(OperationError)
    /// Whoever read the output went away; the command ends without a word, as other tools do.
    case outputClosed
}
