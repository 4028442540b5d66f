/// The values of Kubernetes secrets, whose names say nothing, in the lines of YAML.
extension SecretScan {
    private static let (kind, secret) = (Array("kind".utf8), Array("Secret".utf8))

    /// Whether a text names the kind of secret anywhere, however it is written.
    var mayHoldSecretKind: Bool {
        ByteSearch.first(Self.secret, in: bytes) != nil && ByteSearch.first(Self.kind, in: bytes) != nil
    }

    /// The values below `data:` and `stringData:` of Kubernetes secrets in YAML.
    func kubernetesSecrets() -> [Range<Int>] {
        guard mayHoldSecretKind else { return [] }
        var found: [Range<Int>] = []
        var isSecret = documentIsSecret(from: 0)
        // How far `data:` is indented, and the name below it whose value is a block of lines.
        var (map, block): (Int?, Int?)
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            if has("---", at: start) {
                isSecret = documentIsSecret(from: line.upperBound)
                (map, block) = (nil, nil)
                continue
            }
            let text = runEnd(start, .blank)
            guard isSecret, text < line.upperBound else { continue }
            let indent = text - start
            if let outer = block, indent > outer {
                found.append(text..<line.upperBound)
                continue
            }
            block = nil
            if let outer = map {
                if indent <= outer {
                    map = nil
                } else if opensBlock(text..<line.upperBound) {
                    block = indent
                } else if let value = mapValue(text..<line.upperBound) {
                    found.append(value)
                }
            }
            guard map == nil, let rest = dataValue(at: text) else { continue }
            if has("{", at: rest) {
                found += leaves(of: rest, to: lineEnd(rest)).found
            } else if rest >= line.upperBound || "#&".utf8.contains(bytes[rest]) {
                map = indent
            }
        }
        return found
    }

    private func documentIsSecret(from start: Int) -> Bool {
        let end = ByteSearch.first(Array("\n---".utf8), in: bytes, from: start) ?? bytes.count
        var next = ByteSearch.first(Self.kind, in: bytes, from: start, to: end)
        while let kind = next {
            if isSecretKind(at: kind) { return true }
            next = ByteSearch.first(Self.kind, in: bytes, from: kind + 4, to: end)
        }
        return false
    }

    /// Whether `kind: Secret` stands at `start`, with or without quotation marks, and nothing but a comment or another
    /// member behind it.
    func isSecretKind(at start: Int) -> Bool {
        guard has("kind", at: start), start == 0 || !ByteSet.token.contains(bytes[start - 1]) else {
            return false
        }
        let sign = runEnd(unmarked(start + 4), .blank)
        guard has(":", at: sign) else { return false }
        let value = unmarked(runEnd(sign + 1, .blank))
        guard has("Secret", at: value) else { return false }
        let end = runEnd(unmarked(value + 6), .blank)
        return end >= bytes.count || "\n#,}".utf8.contains(bytes[end])
    }

    /// The offset behind a quotation mark that stands at `offset`.
    private func unmarked(_ offset: Int) -> Int {
        offset < bytes.count && ByteSet.quotes.contains(bytes[offset]) ? offset + 1 : offset
    }

    /// Where the value of `data:` or `stringData:` begins that stands at `text`, or its line ends.
    private func dataValue(at text: Int) -> Int? {
        let start = unmarked(has("- ", at: text) ? runEnd(text + 1, .blank) : text)
        let end = unmarked(start + (has("data", at: start) ? 4 : has("stringData", at: start) ? 10 : 0))
        return end > start + 1 && has(":", at: end) ? runEnd(end + 1, .blank) : nil
    }

    /// Whether a line is `name: |` or `name: >`, with or without marks behind them.
    private func opensBlock(_ line: Range<Int>) -> Bool {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return false }
        let mark = runEnd(colon + 1, .blank)
        guard has("|", at: mark) || has(">", at: mark) else { return false }
        return runEnd(runEnd(mark + 1, .blockMarks), .blank) >= line.upperBound
    }

    private func mapValue(_ line: Range<Int>) -> Range<Int>? {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return line }
        let start = runEnd(colon + 1, .blank)
        guard start < line.upperBound else { return nil }
        return SecretRules.isWorthHiding(bytes[start..<line.upperBound], .certain)
            ? start..<line.upperBound : nil
    }

    // MARK: Generators

    /// The values of `- NAME=X` below `literals:` of a `secretGenerator:` of kustomize.
    func generatedSecrets() -> [Range<Int>] {
        guard let first = ByteSearch.first(Array("secretGenerator:".utf8), in: bytes) else { return [] }
        var found: [Range<Int>] = []
        var (outer, isListed): (Int?, Bool) = (nil, false)
        for start in lines where start < bytes.count && start + 1 > lineStart(first) {
            let (text, end) = (runEnd(start, .blank), lineEnd(start))
            guard text < end else { continue }
            if let indent = outer, text - start < indent || text - start == indent && !has("-", at: text) {
                (outer, isListed) = (nil, false)
            }
            if has("secretGenerator:", at: text) { outer = text - start }
            let item = has("- ", at: text) ? runEnd(text + 1, .blank) : text
            if has("literals:", at: item) {
                isListed = true
            } else if isListed, item > text, outer != nil,
                let sign = bytes[item..<end].firstIndex(of: UInt8(ascii: "=")), sign + 1 < end
            {
                found.append(sign + 1..<end)
            } else if item == text {
                isListed = false
            }
        }
        return found
    }
}
