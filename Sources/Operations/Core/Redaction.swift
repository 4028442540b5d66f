package import Basics

extension OperationError {
    /// The same error with the secrets hidden that its texts might quote.
    package func redacted(by redactor: Redactor) -> OperationError {
        OperationError(
            code, ArgumentLimits.shortened(redactor.redact(message)), hint: redactor.redact(hint),
            confirmation: confirmation)
    }
}

extension DisplayBlock {
    /// The same block with secrets hidden; raw bytes are handled by the operation that shows them.
    func redacted(by redactor: Redactor) -> DisplayBlock {
        func hide(_ cell: Cell) -> Cell { cell.isOwn ? cell : Cell(redactor.redact(cell.text), cell.tone) }
        switch self {
        case .table(let columns, let rows, let empty):
            return .table(columns: columns, rows: rows.map { $0.map(hide) }, empty: empty)
        case .record(let pairs): return .record(pairs.map { ($0.label, hide($0.value)) })
        case .heading(let text): return .heading(redactor.redact(text))
        case .lines(let lines): return .lines(lines.map(hide))
        case .text(let text, let path):
            return .text(
                path.map { redactor.redact(text, FileKind(path: $0)) } ?? redactor.redact(text), of: path)
        case .bytes(let bytes): return .bytes(bytes)
        }
    }
}
