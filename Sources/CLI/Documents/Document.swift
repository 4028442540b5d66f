/// A document that is generated from the operations.
enum Document: String, Sendable, CaseIterable {
    case exitCodes = "exit-codes"
    case manual
    case operations

    /// The text of the document.
    func text(of tree: CommandTree) -> String {
        switch self {
        case .exitCodes: ExitCodesDocument.text
        case .manual: ManualPage.text(of: tree)
        case .operations: OperationsDocument.text(of: tree)
        }
    }
}
