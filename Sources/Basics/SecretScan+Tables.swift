/// Secrets in the columns of a table whose head tells: those of Markdown, and files of values between commas or tabs.
extension SecretScan {
    /// The most columns of a table.
    private static let columnLimit = 64

    func tables() -> [Range<Int>] { markdownTables() + separatedValues() }

    /// The cells below `| user | password |` and the line of dashes.
    private func markdownTables() -> [Range<Int>] {
        guard
            let first = ByteSearch.first(Array("|-".utf8), in: bytes)
                ?? ByteSearch.first(Array("| -".utf8), in: bytes)
        else { return [] }
        var found: [Range<Int>] = []
        var (head, places): (Range<Int>?, [Int]) = (nil, [])
        for start in lines where start < bytes.count && lineEnd(start) + 1024 > first {
            let line = runEnd(start, .blank)..<lineEnd(start)
            guard has("|", at: line.lowerBound), line.lowerBound < line.upperBound else {
                (head, places) = (nil, [])
                continue
            }
            if bytes[line].allSatisfy({ "|-: \r".utf8.contains($0) }) {
                places = head.map(tellingPlaces) ?? []
            } else if !places.isEmpty {
                found += secretCells(line, UInt8(ascii: "|"), places)
            }
            head = line
        }
        return found
    }

    private func tellingPlaces(_ head: Range<Int>) -> [Int] { tellingPlaces(head, UInt8(ascii: "|")) }

    /// The numbers of the cells that are names of passwords.
    private func tellingPlaces(_ head: Range<Int>, _ separator: UInt8) -> [Int] {
        let cells = cells(head, separator)
        return cells.indices.filter {
            isOfPasswords(cells[$0]) && SecretRules.strength(ofName: bytes[cells[$0]]) == .certain
        }
    }

    private func secretCells(_ row: Range<Int>, _ separator: UInt8, _ places: [Int]) -> [Range<Int>] {
        let cells = cells(row, separator)
        return places.filter(cells.indices.contains).map { cells[$0] }.filter {
            !$0.isEmpty && SecretRules.isWorthHiding(bytes[$0], .certain)
        }
    }

    /// The cells of a row without blanks and quotation marks around them; a separator within marks is none.
    private func cells(_ row: Range<Int>, _ separator: UInt8) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var (start, offset) = (row.lowerBound, row.lowerBound)
        while offset <= row.upperBound, cells.count < Self.columnLimit {
            let isEnd = offset == row.upperBound || bytes[offset] == separator
            if isEnd {
                var (first, last) = (runEnd(start, .cellMargin), offset)
                while last > first, ByteSet.cellMargin.contains(bytes[last - 1]) { last -= 1 }
                first = min(first, last)
                cells.append(unquoted(first..<last))
                start = offset + 1
            } else if bytes[offset] == UInt8(ascii: "\""), runEnd(start, .cellMargin) == offset {
                offset = min(closing(from: offset), row.upperBound - 1)
            }
            offset += 1
        }
        return cells
    }

    /// The values below the first line of a text where that is names between commas, semicolons or tabs.
    private func separatedValues() -> [Range<Int>] {
        let head = 0..<lineEnd(0)
        guard !isQuoted, head.count < 1024, lines.count > 1, lines[1] < bytes.count else { return [] }
        for separator in ",;\t".utf8 where bytes[head].contains(separator) {
            let names = cells(head, separator)
            let areNames = names.allSatisfy { name in
                name.count < 40 && !name.isEmpty
                    && bytes[name].allSatisfy { ByteSet.dotted.contains($0) || $0 == 0x20 }
            }
            let isTable =
                areNames && names.count > 1
                && cells(lines[1]..<lineEnd(lines[1]), separator).count == names.count
            let places = isTable ? tellingPlaces(head, separator) : []
            guard !places.isEmpty else { continue }
            return lines.dropFirst().flatMap { start in
                start < bytes.count ? secretCells(start..<lineEnd(start), separator, places) : []
            }
        }
        return []
    }
}
