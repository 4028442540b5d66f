/// The secret that a call is given whose value stands under a telling name: `password = decode("X")`.
extension SecretScan {
    /// The first text among the arguments of a call that begins at `value` that looks like the secret, and not like the
    /// name of one, a prompt for one or a place.
    func literal(inCallAt value: Range<Int>, _ strength: SecretNameStrength, to limit: Int) -> Range<Int>? {
        let limit = min(limit, value.lowerBound + 512)
        var (offset, depth) = (value.lowerBound, 0)
        var callee: Range<Int>?
        while offset < limit {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                depth -= 1
                if depth <= 0, !has(".", at: offset + 1) { return nil }
            } else if ByteSet.quotes.contains(byte) {
                guard depth > 0 else { return nil }
                let end = min(closing(from: offset), limit)
                let text = offset + 1..<max(offset + 1, end)
                if isSecretArgument(text, of: strength == .certain ? callee : nil) { return text }
                offset = end
            } else if ByteSet.nameStart.contains(byte) {
                let end = min(runEnd(offset + 1, .names), limit)
                if has("(", at: end) || has("!(", at: end) { callee = offset..<end }
                offset = end - 1
            } else if depth == 0, ",;".utf8.contains(byte) {
                return nil
            }
            offset += 1
        }
        return nil
    }

    /// The text that is given behind a type and a sign: `password: str = "X"`.
    func textBehindType(_ type: Range<Int>, _ line: Range<Int>) -> Range<Int>? {
        let limit = min(line.upperBound, type.lowerBound + 128)
        var sign = type.lowerBound
        while sign < limit, ByteSet.typeName.contains(bytes[sign]), !has("\"", at: sign) { sign += 1 }
        guard sign < limit, has("=", at: sign), !has("==", at: sign), !has("=>", at: sign) else { return nil }
        var mark = runEnd(sign + 1, .blank)
        while mark < limit, "bBrRfFuU".utf8.contains(bytes[mark]), mark < runEnd(sign + 1, .blank) + 2 {
            mark += 1
        }
        guard mark < line.upperBound, ByteSet.textMarks.contains(bytes[mark]) else { return nil }
        let text = mark + 1..<parts(from: mark)
        return SecretRules.isWorthHiding(bytes[text], .certain) ? text : nil
    }

    private func isSecretArgument(_ text: Range<Int>, of callee: Range<Int>?) -> Bool {
        let value = bytes[text]
        guard value.count >= 3, !SecretRules.isPlain(value), SecretRules.strength(ofName: value) == nil else {
            return false
        }
        if SecretRules.isInvented(value),
            value.allSatisfy({ $0 > 0x20 && !ByteSet.patternMarks.contains($0) })
        {
            return !SecretRules.isWord(value) || value.count > 20
        }
        // A word that is given to what makes a secret of it, and does not look for one.
        guard SecretRules.isWord(value), let callee else { return false }
        return Self.makers.contains(String(decoding: bytes[callee].map { $0 | 0x20 }, as: UTF8.self))
    }

    /// Calls that give what they are given, in another form.
    private static let makers: Set<String> = [
        "secret", "secretstr", "securestring", "string", "str", "bytes", "new", "from", "of", "decode",
        "b64decode",
        "base64decode", "unbase64", "atob", "strdup", "redacted", "password", "sensitive", "tochararray",
        "literal",
        "char", "some", "just", "constant",
    ]
}
