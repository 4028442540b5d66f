/// The rules that find secrets in what devices say: pure, without state, linear in the length of the text.
///
/// They know names (`strength(ofName:)`, `isSecretPath`), shapes (tokens, key blocks, hashes, URLs with passwords) and
/// assignments of a named secret in the common notations (env files, INI, YAML, JSON, XML, command lines). A bare
/// secret of no known shape under an innocent name cannot be recognised by anybody; text is judged best whole, since a
/// line out of the middle of a key block says little about itself.
package enum SecretRules {
    /// Where the secrets in `text` lie: byte offsets, sorted, apart from each other.
    ///
    /// - Parameters:
    ///   - isQuoted: whether each line is a text that stood in quotation marks.
    ///   - kind: what the name of the file says about the text.
    package static func ranges(
        in text: [UInt8], isQuoted: Bool = false, _ kind: FileKind = .unknown
    ) -> [Range<Int>] {
        let scan = SecretScan(text, isQuoted: isQuoted, kind)
        return merged(scan.blocks() + scan.structures() + scan.formats() + scan.shapes() + scan.assignments())
    }

    /// Whether `text` holds a secret that can be told by its shape or by a name inside the text.
    package static func hasSecret(_ text: String) -> Bool { !ranges(in: Array(text.utf8)).isEmpty }

    /// Whether `value` must be hidden, given the name it stands under.
    package static func isSecret(_ value: String, named name: some StringProtocol) -> Bool {
        if let strength = strength(ofName: name), isWorthHiding(Array(value.utf8)[...], strength) {
            return true
        }
        return hasSecret(value)
    }

    /// The arguments of a command line with the secret ones hidden: `--token=…` whole, and what follows `--token`.
    package static func arguments(_ words: [String]) -> [JSONValue] {
        var result: [JSONValue] = []
        var hidesNext = false
        for word in words {
            let isFlag = word.hasPrefix("-") && word.count > 1
            if hidesNext && !isFlag || hasSecret(word) {
                result.append(.secret(word))
            } else {
                result.append(.string(word))
            }
            hidesNext = isFlag && !word.contains("=") && strength(ofName: word) == .certain
        }
        return result
    }

    /// Whether a value under a telling name is one: switches, empty values, masks and `${REFERENCES}` are not.
    static func isWorthHiding(_ value: ArraySlice<UInt8>, _ strength: SecretNameStrength) -> Bool {
        if strength == .doubtful { return looksInvented(value) && !isWord(value) || isPhrase(value) }
        guard !isPlain(value), strength == .certain || !isPlace(value) else { return false }
        guard !value.allSatisfy({ $0 == UInt8(ascii: "*") }) else { return false }
        if value.elementsEqual("‹hidden›".utf8) { return false }
        if strength == .certain { return true }
        if value.allSatisfy(ByteSet.digits.contains) { return value.count > 6 }
        if strength == .member, !value.contains(0x20) {
            return !isWord(value) || self.strength(ofName: value) != .certain
        }
        return !isAmount(value) && !(strength == .member ? isProse(value) : isWords(value))
    }

    /// Whether a value under a name that says little looks like a secret: long, of one word, letters and digits at random.
    package static func looksInvented(_ value: ArraySlice<UInt8>) -> Bool {
        guard (8...512).contains(value.count), !isPlace(value), isInvented(value),
            value.allSatisfy(ByteSet.bearer.contains)
        else { return false }
        let lower = value.prefix(8).map { $0 | 0x20 }
        return !["sha", "hmac", "md5", "aes", "blake", "hidden"].contains { lower.starts(with: $0.utf8) }
    }

    /// Whether a value is the words that stand for the key of a purse: twelve of them or more, all of small letters.
    private static func isPhrase(_ value: ArraySlice<UInt8>) -> Bool {
        guard (48...512).contains(value.count), value.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A || $0 == 0x20 })
        else { return false }
        let words = value.split(separator: 0x20)
        return words.count >= 12 && words.count.isMultiple(of: 3)
            && words.allSatisfy { (3...8).contains($0.count) }
    }

    /// Whether a word looks as if somebody had made it up: letters, and digits or capitals among them; no version.
    static func isInvented(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 6, !text.suffix(3).elementsEqual(".so".utf8) else { return false }
        let hasLetter = text.contains { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
        let isOdd =
            text.contains(where: ByteSet.digits.contains)
            || text.dropFirst().contains { $0 >= 0x41 && $0 <= 0x5A || "!$^*?+~#&%".utf8.contains($0) }
        let start = text.first == UInt8(ascii: "v") ? text.dropFirst() : text
        let isVersion = start.first.map(ByteSet.digits.contains) == true && text.contains(UInt8(ascii: "."))
        return hasLetter && isOdd && !isVersion
    }

    /// Whether a value is a number of something, such as `7 items`.
    private static func isAmount(_ value: ArraySlice<UInt8>) -> Bool {
        let words = value.split(separator: 0x20)
        return words.count == 2 && words[0].count <= 6 && words[0].allSatisfy(ByteSet.digits.contains)
            && words[1].allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    }

    /// Whether a value is at least four plain words.
    private static func isProse(_ value: ArraySlice<UInt8>) -> Bool {
        value.split(separator: 0x20).count >= 4 && isWords(value)
            && !value.contains { $0 >= 0x41 && $0 <= 0x5A }
    }

    /// Whether a value says where something is: a path or an address.
    static func isPlace(_ value: ArraySlice<UInt8>) -> Bool {
        ["/", "./", "~/"].contains { value.starts(with: $0.utf8) }
            || ByteSearch.first(Array("://".utf8), in: Array(value.prefix(64))) != nil
    }

    /// `ranges` sorted, without empty ones, those that touch made one.
    static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    static let switches: Set<String> = [
        "0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "~", "default", "auto",
        "{}", "[]", "{", "[", "(",
        "undefined", "nan", "bearer", "basic", "digest", "negotiate", "any", "all", "always", "never",
        "present", "absent", "on_create", "read", "write",
        "required", "optional", "enabled", "disabled", "prohibit-password", "without-password",
    ]
}

extension JSONValue {
    /// `value` as a string, or as a secret when the rules say that it is one under the name `name`.
    package static func text(_ value: String, named name: some StringProtocol) -> JSONValue {
        SecretRules.isSecret(value, named: name) ? .secret(value) : .string(value)
    }
}
