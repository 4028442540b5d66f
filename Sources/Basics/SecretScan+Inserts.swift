/// Secrets that stand among values whose names stand elsewhere: the rows that a statement of SQL inserts.
extension SecretScan {
    /// How long the list of columns may be, and how much of the rows is looked at, in bytes.
    private static let (columnsLimit, rowsLimit) = (2048, 65_536)

    /// The values of the columns with telling names, for `INSERT INTO t (a, password) VALUES (1, 'X'), …`.
    func inserted(from start: Int) -> [Range<Int>] {
        let into = runEnd(start, .blank)
        guard has("INTO ", at: into) || has("into ", at: into) else { return [] }
        let limit = min(bytes.count, into + Self.columnsLimit)
        let stop: [UInt8] = [UInt8(ascii: "("), UInt8(ascii: ";"), UInt8(ascii: "'")]
        guard let open = bytes[into..<limit].firstIndex(where: stop.contains), has("(", at: open),
            let close = bytes[open..<limit].firstIndex(of: UInt8(ascii: ")"))
        else { return [] }
        let columns = bytes[open + 1..<close].split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let places = columns.indices.filter { place in
            let name = columns[place].filter { ByteSet.dotted.contains($0) }
            return SecretRules.strength(ofName: name[...]) == .certain
        }
        let word = runEnd(close + 1, .space)
        guard !places.isEmpty, has("VALUES", at: word) || has("values", at: word) else { return [] }
        return rows(from: runEnd(word + 6, .space), places)
    }

    private func rows(from start: Int, _ places: [Int]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var row = start
        while row - start < Self.rowsLimit, has("(", at: row) {
            guard let (fields, end) = fields(of: row) else { break }
            found += places.filter(fields.indices.contains).map { fields[$0] }.filter {
                SecretRules.isWorthHiding(bytes[$0], .certain)
            }
            let comma = runEnd(end + 1, .space)
            guard has(",", at: comma) else { break }
            row = runEnd(comma + 1, .space)
        }
        return found
    }

    /// The fields of a row, texts without their marks, and where its parenthesis closes.
    private func fields(of row: Int) -> (fields: [Range<Int>], end: Int)? {
        var fields: [Range<Int>] = []
        var offset = row
        let limit = min(bytes.count, row + Self.rowsLimit)
        repeat {
            let start = runEnd(offset + 1, .space)
            guard start < limit else { return nil }
            if ByteSet.quotes.contains(bytes[start]) {
                let end = parts(from: start)
                fields.append(start + 1..<end)
                offset = runEnd(end + 1, .space)
            } else {
                offset = bytes[start..<limit].firstIndex { ",)'".utf8.contains($0) } ?? limit
                fields.append(start..<offset)
            }
        } while has(",", at: offset)
        return has(")", at: offset) ? (fields, offset) : nil
    }
}
