extension SecretScan {
    /// What stands in blocks that say by their beginning that all of it is secret.
    func structures() -> [Range<Int>] { kubernetesSecrets() + keyLines() + accountLines() }

    /// The values below `data:` and `stringData:` of Kubernetes secrets in YAML.
    private func kubernetesSecrets() -> [Range<Int>] {
        guard ByteSearch.first(Array("kind: Secret".utf8), in: bytes) != nil else { return [] }
        var found: [Range<Int>] = []
        var isSecret = documentIsSecret(from: 0)
        var indent: Int?
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            if has("---", at: start) {
                isSecret = documentIsSecret(from: line.upperBound)
                indent = nil
                continue
            }
            let text = runEnd(start, .blank)
            guard isSecret, text < line.upperBound else { continue }
            if let outer = indent {
                if text - start > outer, let value = mapValue(text..<line.upperBound) {
                    found.append(value)
                } else if text - start <= outer {
                    indent = nil
                }
            }
            if indent == nil, isLine(text, "data:") || isLine(text, "stringData:") { indent = text - start }
        }
        return found
    }

    private func documentIsSecret(from start: Int) -> Bool {
        let end = ByteSearch.first(Array("\n---".utf8), in: bytes, from: start) ?? bytes.count
        guard let kind = ByteSearch.first(Array("kind: Secret".utf8), in: bytes, from: start), kind < end
        else {
            return false
        }
        return runEnd(kind + 12, .blank) >= lineEnd(kind)
    }

    private func isLine(_ start: Int, _ text: StaticString) -> Bool {
        has(text, at: start) && runEnd(start + text.utf8CodeUnitCount, .blank) >= lineEnd(start)
    }

    private func mapValue(_ line: Range<Int>) -> Range<Int>? {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return line }
        let start = runEnd(colon + 1, .blank)
        guard start < line.upperBound else { return nil }
        return SecretRules.isWorthHiding(bytes[start..<line.upperBound], .certain)
            ? start..<line.upperBound : nil
    }

    /// The private lines of a key of PuTTY.
    private func keyLines() -> [Range<Int>] {
        let mark = Array("\nPrivate-Lines:".utf8)
        guard let start = ByteSearch.first(mark, in: bytes) else { return [] }
        let body = lineEnd(start + 1) + 1
        let end = ByteSearch.first(Array("\nPrivate-MAC:".utf8), in: bytes, from: start + 1) ?? bytes.count
        return body < end ? [body..<end] : []
    }

    /// The password in lines of `sasl_passwd`: `[smtp.example]:587 user:password`.
    private func accountLines() -> [Range<Int>] {
        lines.compactMap { start in
            guard has("[", at: start) else { return nil }
            let end = lineEnd(start)
            guard let close = bytes[start..<end].firstIndex(of: UInt8(ascii: "]")),
                let blank = bytes[close..<end].firstIndex(where: { $0 == 0x20 || $0 == 0x09 }),
                bytes[close + 1..<blank].allSatisfy({ $0 == 0x3A || ByteSet.digits.contains($0) })
            else { return nil }
            let account = runEnd(blank, .blank)
            guard let colon = bytes[account..<end].firstIndex(of: UInt8(ascii: ":")), colon > account,
                colon + 1 < end,
                !bytes[account..<end].contains(0x20)
            else { return nil }
            return colon + 1..<end
        }
    }
}
