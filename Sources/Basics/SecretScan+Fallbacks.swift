/// Values that count where another is missing: `$key = $config['key'] ?? 'X';`.
extension SecretScan {
    /// How far before it the name may stand that a value is for, in bytes.
    private static let fallbackGap = 160

    /// The text in quotation marks behind `??`, `?:` or `||` at `offset` where the statement is for a telling name.
    func fallback(at offset: Int) -> Range<Int>? {
        guard has("??", at: offset) || has("?:", at: offset) || has("||", at: offset) else { return nil }
        let start = runEnd(offset + 2, .blank)
        guard start < bytes.count, ByteSet.quotes.contains(bytes[start]) else { return nil }
        let line = max(lineStart(offset), offset - Self.fallbackGap)
        let statement = bytes[line..<offset].lastIndex(of: UInt8(ascii: ";")).map { $0 + 1 } ?? line
        guard let sign = givingSign(in: statement..<offset) else { return nil }
        var rest = bytes[statement..<sign]
        while let last = rest.last, !ByteSet.dotted.contains(last) {
            guard " \t\"'])".utf8.contains(last) else { return nil }
            rest.removeLast()
        }
        let name = rest.reversed().prefix { ByteSet.dotted.contains($0) }.count
        let value = start + 1..<max(start + 1, min(closing(from: start), lineEnd(start)))
        let isTold = name > 0 && SecretRules.strength(ofName: rest.suffix(name)) == .certain
        return isTold && SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
    }

    /// The text that a call or `or` gives where a variable is missing: `os.getenv('PW') or 'X'`, `.unwrap_or("X")`.
    func otherwise() -> [Range<Int>] {
        [") or ", "] or ", ".unwrap_or(", ".orElse(", ".unwrap_or_else(|_| ", ") ?? "].flatMap { mark in
            var found: [Range<Int>] = []
            let wanted = Array(mark.utf8)
            var next = ByteSearch.first(wanted, in: bytes)
            while let place = next {
                let start = place + wanted.count
                next = ByteSearch.first(wanted, in: bytes, from: start)
                guard start < bytes.count, ByteSet.quotes.contains(bytes[start]), isTelling(before: place)
                else {
                    continue
                }
                let value = start + 1..<max(start + 1, min(closing(from: start), lineEnd(start)))
                if SecretRules.isWorthHiding(bytes[value], .certain) { found.append(value) }
            }
            return found
        }
    }

    /// Whether a name that tells stands before `place` on its line.
    private func isTelling(before place: Int) -> Bool {
        let line = bytes[max(lineStart(place), place - Self.fallbackGap)..<place]
        return line.split { !ByteSet.dotted.contains($0) }.contains {
            SecretRules.strength(ofName: $0) == .certain
        }
    }

    /// Where the `=`, `=>` or `:` stands that gives a value; nil where a statement compares, as `[ a = b ]` does.
    private func givingSign(in statement: Range<Int>) -> Int? {
        let text = bytes[statement]
        guard
            ByteSearch.first(
                Array("[ ".utf8), in: bytes, from: statement.lowerBound, to: statement.upperBound) == nil
        else { return nil }
        guard let sign = text.firstIndex(of: UInt8(ascii: "=")) else {
            return text.firstIndex(of: UInt8(ascii: ":"))
        }
        let isComparison = has("==", at: sign) || sign > 0 && "=!<>".utf8.contains(bytes[sign - 1])
        return isComparison ? nil : sign
    }
}
