/// Values that are none where they stand: labels, what templates fill in, the lines of some kinds of files.
extension SecretScan {
    /// Whether what a name gives at `value` is plain for where it stands.
    func isPlainHere(
        _ value: Range<Int>, of name: Range<Int>, _ strength: SecretNameStrength, _ line: Range<Int>
    )
        -> Bool
    {
        guard !value.isEmpty else { return true }
        guard line.lowerBound <= value.lowerBound, value.upperBound <= line.upperBound else { return false }
        if let before = value.lowerBound > 0 ? bytes[value.lowerBound - 1] : nil,
            ByteSet.textMarks.contains(before)
        {
            return isPlainText(value, of: name, mark: before)
        }
        if isOfSyntax(value, of: name) || isMakeRule(value, of: name, line) { return true }
        let core = core(of: value)
        if core.isEmpty { return !bytes[value].contains(where: ByteSet.passwordMarks.contains) }
        if core.count < value.count, isPlainCore(core, strength) { return true }
        let word =
            value.lowerBound..<(bytes[value].firstIndex(where: ByteSet.blank.contains) ?? value.upperBound)
        if word.count < value.count, SecretRules.isReference(bytes[self.core(of: word)]) { return true }
        if isReferenceAhead(value, line) || isNameService(value, of: name) { return true }
        return isExpression(value, of: name, line)
    }

    /// What of a value without quotation marks is left without the marks that end a member, a statement or a call.
    private func core(of value: Range<Int>) -> Range<Int> {
        var end = value.upperBound
        let hasScheme = ["Bearer ", "Basic ", "Token "].contains { bytes[value].starts(with: $0.utf8) }
        // A comment, or another statement.
        let rest = zip(bytes[value], value).first { byte, offset in
            byte == UInt8(ascii: "#")
                && (has("# ", at: offset)
                    || offset > value.lowerBound && has(" #", at: offset - 1) && !hasScheme)
                || byte == UInt8(ascii: ";") && has("; ", at: offset)
        }
        if let rest { end = rest.1 }
        while end > value.lowerBound, ByteSet.blank.contains(bytes[end - 1]) { end -= 1 }
        while end > value.lowerBound,
            ByteSet.closers.contains(bytes[end - 1]) || has("\\\"", at: end - 1) || has("\\'", at: end - 1)
        {
            end -= 1
        }
        return value.lowerBound..<end
    }

    private func isPlainCore(_ core: Range<Int>, _ strength: SecretNameStrength) -> Bool {
        strength == .doubtful
            ? SecretRules.isPlain(bytes[core]) : !SecretRules.isWorthHiding(bytes[core], strength)
    }

    /// Whether a text in quotation marks is a label, a message to people, or the name of a member.
    private func isPlainText(_ text: Range<Int>, of name: Range<Int>, mark: UInt8) -> Bool {
        if SecretRules.isMessage(bytes[text]) { return true }
        if !bytes[name.upperBound..<max(name.upperBound, text.lowerBound)].contains(where: {
            ":=>".utf8.contains($0)
        }) {
            // Behind a name alone, as in `getent passwd "$user"` and `[credential "https://…"]`.
            let isVariable = mark == UInt8(ascii: "\"") && has("$", at: text.lowerBound)
            let isPlace =
                SecretRules.isPlace(bytes[text])
                && (!has("/", at: text.lowerBound) || SecretRules.isPath(bytes[text]))
            if isPlace || isVariable && SecretRules.isWord(bytes[text].dropFirst()) {
                return true
            }
        }
        let words = bytes[name].dropFirst().contains { $0 >= 0x41 && $0 <= 0x5A || "_-".utf8.contains($0) }
        if words, plain(text).elementsEqual(plain(name)) { return true }
        let isLabel =
            bytes[text].first.map { $0 >= 0x41 && $0 <= 0x5A } == true
            && bytes[text].last != UInt8(ascii: "!")
        return isLabel && plain(text).elementsEqual(plain(name.suffix(text.count)))
    }

    /// Whether the place of a name makes it none: the variable of `${NAME:?why}`, and the host of `http://auth:80/`; or a
    /// word in capitals stands for the value that an option takes.
    private func isOfSyntax(_ value: Range<Int>, of name: Range<Int>) -> Bool {
        if has("${", at: name.lowerBound - 2), "?+}".utf8.contains(bytes[value.lowerBound]) { return true }
        if has("//", at: name.lowerBound - 2), has(":", at: name.upperBound),
            ByteSet.digits.contains(bytes[value.lowerBound])
        {
            return true
        }
        if isDescribed(name) { return true }
        let isCapital = bytes[value].allSatisfy {
            $0 >= 0x41 && $0 <= 0x5A || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "`")
        }
        return isCapital && has("--", at: name.lowerBound)
            && SecretRules.strength(ofName: bytes[core(of: value)]) != nil
    }

    /// Whether a comment says what a parameter is for: `:param token: …`, `- Parameter token: …`.
    private func isDescribed(_ name: Range<Int>) -> Bool {
        [":param ", ":type ", ":ivar ", "- Parameter "].contains { word in
            let start = name.lowerBound - word.utf8.count
            return start >= 0 && bytes[start..<name.lowerBound].elementsEqual(word.utf8)
        }
    }

    /// The letters and digits of a range, small.
    func plain(_ range: Range<Int>) -> [UInt8] {
        bytes[range].filter(ByteSet.letters.contains).map { $0 | 0x20 }
    }

    /// Whether a reference with blanks in it begins a value that ends at a blank: `${{ secrets.X }}`, `<your password>`.
    private func isReferenceAhead(_ value: Range<Int>, _ line: Range<Int>) -> Bool {
        let first = bytes[value.lowerBound]
        guard ByteSet.referenceStart.contains(first) || first == UInt8(ascii: "<") else { return false }
        let limit = min(line.upperBound, value.lowerBound + 256)
        let close: [UInt8] =
            first == UInt8(ascii: "<")
            ? [first + 2]
            : has("{{", at: value.lowerBound + 1) || has("{{", at: value.lowerBound)
                ? [0x7D, 0x7D] : [0x7D]
        guard let end = ByteSearch.first(close, in: bytes, from: value.lowerBound, to: limit) else {
            return false
        }
        let reference = value.lowerBound..<end + close.count
        let rest = bytes[min(reference.upperBound, value.upperBound)..<value.upperBound]
        let isLast = reference.upperBound >= limit || !ByteSet.letters.contains(bytes[reference.upperBound])
        return isLast && rest.allSatisfy(ByteSet.closers.contains) && SecretRules.isPlain(bytes[reference])
    }

    // MARK: Files of a kind

    /// Whether a line of `nsswitch.conf` says where accounts are looked up.
    private func isNameService(_ value: Range<Int>, of name: Range<Int>) -> Bool {
        guard isText(name, "passwd"), has(":", at: name.upperBound) else { return false }
        let words = bytes[value].split { ByteSet.blank.contains($0) }
        return words.allSatisfy { word in
            word.first == UInt8(ascii: "[")
                || Self.nameServices.contains(String(decoding: word, as: UTF8.self))
        }
    }

    private static let nameServices: Set<String> = [
        "files", "compat", "systemd", "sss", "ldap", "winbind", "nis", "nisplus", "db", "dns", "cache",
        "extrausers",
        "mymachines", "altfiles", "wins", "hesiod",
    ]

    /// Whether a line names what a file of `make` needs for a target, or what it does for it.
    private func isMakeRule(_ value: Range<Int>, of name: Range<Int>, _ line: Range<Int>) -> Bool {
        name.lowerBound == line.lowerBound && has(":", at: name.upperBound)
            && !has("=", at: name.upperBound + 1)
            && (has(";", at: value.lowerBound) || SecretRules.isWords(bytes[value]))
            && ByteSearch.first(Array(".PHONY".utf8), in: bytes) != nil
    }
}
