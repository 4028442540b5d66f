import Storage

/// The keyed marks of rows: a row that somebody wrote or altered outside of this program carries none that fits.
struct RowSeal: Sendable {
    let chain: AuditChain

    /// The mark of a row with these values, in this order.
    func mark(_ table: String, _ values: [SQLiteValue]) -> String {
        chain.mark(ofRowIn: table, values.map(\.markedBytes))
    }
}

extension SQLiteValue {
    /// The value as the bytes that are marked: numbers in decimal.
    fileprivate var markedBytes: [UInt8] {
        switch self {
        case .integer(let number): Array(String(number).utf8)
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        }
    }
}
