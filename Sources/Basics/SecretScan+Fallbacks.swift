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
