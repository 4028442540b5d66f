extension Redactor {
    /// The text of the file at `path` with its secrets hidden.
    ///
    /// Where the name says that all of it is secret (`chap-secrets`, `.pgpass`, `site.key`), every line is hidden that is
    /// neither empty nor a comment; of the tables of accounts (`shadow`, `gshadow`), the field of the hash alone, so that
    /// one can see which account is locked or has none. In the source of a program, variables and calls are no secrets.
    package func redact(_ text: String, at path: String) -> String {
        let kind = FileKind(path: path)
        guard SecretRules.isSecretPath(path) else { return redact(text, kind) }
        let isTable = Self.tables.contains(path.split(separator: "/").last.map(String.init) ?? "")
        let shown = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            isTable ? Self.hidingHash(in: Array(line.utf8), hidden) : nil
        }
        let rest = zip(text.split(separator: "\n", omittingEmptySubsequences: false), shown).map {
            line, row in
            row.map { String(decoding: $0, as: UTF8.self) } ?? String(line)
        }
        let redacted = redact(rest.joined(separator: "\n"), kind)
        let lines = redacted.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == shown.count || !isTable else { return hidingLines(lines, []) }
        return hidingLines(lines, shown.map { $0 != nil })
    }

    /// The files whose lines are accounts or groups with the hash of a password.
    private static let tables: Set<String> = ["shadow", "shadow-", "gshadow", "gshadow-"]

    /// The lines without those that are neither empty, nor comments, nor rows that are known.
    private func hidingLines(_ lines: [Substring], _ isRow: [Bool]) -> String {
        lines.enumerated().map { index, line in
            let bytes = Array(line.utf8)
            let first = bytes.first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
            let isShown = first == nil || first == UInt8(ascii: "#") || HiddenText.isHidden(bytes)
            let isKnown = isRow.indices.contains(index) && isRow[index]
            return isShown || isKnown ? String(line) : String(decoding: hidden(bytes), as: UTF8.self)
        }
        .joined(separator: "\n")
    }

    /// A row of a table of accounts with its hash hidden, where what locks an account stays; nil for another line.
    private static func hidingHash(in line: [UInt8], _ hidden: ([UInt8]) -> [UInt8]) -> [UInt8]? {
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard [4, 9].contains(fields.count), let name = fields.first, !name.isEmpty,
            name.allSatisfy({ ByteSet.dotted.contains($0) || $0 == UInt8(ascii: "$") }),
            fields.count == 4 || fields[2...].allSatisfy({ $0.allSatisfy(ByteSet.digits.contains) })
        else { return nil }
        let hash = fields[1].drop { "!*".utf8.contains($0) }
        guard !hash.isEmpty, !hash.elementsEqual("x".utf8), !HiddenText.isHidden(Array(hash)) else {
            return line
        }
        return line[..<hash.startIndex] + hidden(Array(hash)) + line[hash.endIndex...]
    }
}
