/// Secrets that are told by their place among the words of a command.
extension SecretScan {
    /// The words of a command that are no options, up to where its output is sent; `valued` options take a word with them.
    private func operands(_ valued: [String], from start: Int) -> (words: [Range<Int>], options: [Range<Int>])
    {
        var found: (words: [Range<Int>], options: [Range<Int>]) = ([], [])
        var takesNext = false
        for word in words(from: start) {
            let first = bytes[word].first
            if first == UInt8(ascii: ">") || first == UInt8(ascii: "<") || first == UInt8(ascii: "#")
                || bytes[word].elementsEqual("2>&1".utf8) || bytes[word].starts(with: "2>".utf8)
            {
                break
            }
            if takesNext {
                takesNext = false
            } else if first == UInt8(ascii: "-"), word.count > 1 {
                found.options.append(word)
                takesNext = valued.contains { isText(word, $0) } || endsInValued(word, valued)
            } else {
                found.words.append(word)
            }
        }
        return found
    }

    /// Whether the last letter of `-bnBC` is an option that takes a value.
    private func endsInValued(_ word: Range<Int>, _ valued: [String]) -> Bool {
        guard word.count > 2, bytes[word.lowerBound + 1] != UInt8(ascii: "-") else { return false }
        return valued.contains { $0.utf8.count == 2 && $0.utf8.last == bytes[word.upperBound - 1] }
    }

    /// The secrets among the operands of a command.
    func values(of rule: SecretStatement.Operands, from start: Int) -> [Range<Int>] {
        let (all, options) = operands(rule.valued, from: start)
        var words = all[...]
        for part in rule.command {
            guard let place = words.firstIndex(where: { isText($0, part) }) else { return [] }
            words = words[(place + 1)...]
        }
        guard rule.count.contains(words.count) else { return [] }
        let rest = Array(words)
        return rule.places.filter(rest.indices.contains).map { rest[$0] }.filter { value in
            guard value.count >= rule.least, !isReading(value) else { return false }
            // A lone word of small letters may as well be one of a sentence.
            return rest.count > 1 || !options.isEmpty || bytes[value].contains { $0 < 0x61 || $0 > 0x7A }
        }
    }

    /// The password of `htpasswd -b FILE USER PASSWORD` and `htpasswd -nb USER PASSWORD`.
    func batch(_ valued: [String], from start: Int) -> [Range<Int>] {
        let (words, options) = operands(valued, from: start)
        let letters = options.filter { bytes[$0.lowerBound + 1] != UInt8(ascii: "-") }.flatMap { bytes[$0] }
        let place = letters.contains(UInt8(ascii: "n")) ? 1 : 2
        guard letters.contains(UInt8(ascii: "b")), words.indices.contains(place) else { return [] }
        return isReading(words[place]) ? [] : [words[place]]
    }

    func distant(_ prefix: String, _ distance: Int, from start: Int) -> [Range<Int>] {
        let words = words(from: start)
        guard let place = words.firstIndex(where: { bytes[$0].starts(with: prefix.utf8) }),
            words.indices.contains(place + distance)
        else { return [] }
        let value = words[place + distance]
        return bytes[value].first == UInt8(ascii: "-") || isReading(value) ? [] : [value]
    }

    /// The X of `sqlplus scott/X@db`.
    func slashed(from start: Int) -> [Range<Int>] {
        let slash = UInt8(ascii: "/")
        guard let word = operands([], from: start).words.first(where: { bytes[$0].contains(slash) }),
            let at = bytes[word].firstIndex(of: slash), at > word.lowerBound, !bytes[word].contains(0x3D)
        else { return [] }
        let end = bytes[at..<word.upperBound].lastIndex(of: UInt8(ascii: "@")) ?? word.upperBound
        return at + 1 < end && !isReading(at + 1..<end) ? [at + 1..<end] : []
    }

    func lastPart(_ word: Range<Int>) -> Range<Int>? {
        guard let at = bytes[word].lastIndex(of: UInt8(ascii: ":")), at + 1 < word.upperBound else {
            return nil
        }
        return isReading(at + 1..<word.upperBound) ? nil : at + 1..<word.upperBound
    }

    /// The X of `radius-server host h key X` and `neighbor 10.0.0.1 password 7 X`.
    func keyed(_ keywords: [String], from end: Int) -> [Range<Int>] {
        let words = words(from: end)
        guard let place = words.firstIndex(where: { word in keywords.contains { isText(word, $0) } }) else {
            return []
        }
        let rest = words[(place + 1)...]
        guard let first = rest.first else { return [] }
        let isCoded = first.count == 1 && ByteSet.digits.contains(bytes[first.lowerBound]) && rest.count > 1
        return [isCoded ? rest[rest.startIndex + 1] : first].filter {
            !SecretRules.describesSecret(bytes[$0])
        }
    }

    /// The X of `socks5 10.0.0.1 1080 ann X`.
    func proxy(from offset: Int, _ end: Int) -> [Range<Int>] {
        guard beginsLine(offset) else { return [] }
        let words = words(from: end)
        guard words.count == 4, bytes[words[1]].allSatisfy(ByteSet.digits.contains) else { return [] }
        return [words[3]]
    }

    /// The X of `allow ann:X`, which is no address, no port and no group.
    func account(from offset: Int, _ end: Int) -> [Range<Int>] {
        let colon = UInt8(ascii: ":")
        guard beginsLine(offset), let word = words(from: end).first,
            let at = bytes[word].firstIndex(of: colon), bytes[word].lastIndex(of: colon) == at,
            at > word.lowerBound, at + 1 < word.upperBound
        else { return [] }
        let (name, value) = (bytes[word.lowerBound..<at], bytes[at + 1..<word.upperBound])
        let isSelector = Self.selectors.contains(String(decoding: name, as: UTF8.self))
        guard !isSelector, name.allSatisfy(ByteSet.token.contains),
            !ByteSet.digits.contains(name[word.lowerBound]),
            !value.allSatisfy(ByteSet.digits.contains), !SecretRules.isPlace(value),
            !isReading(at + 1..<word.upperBound), end == word.lowerBound - 1 || !endsInColon(end)
        else { return [] }
        return [at + 1..<word.upperBound]
    }

    private func endsInColon(_ end: Int) -> Bool { bytes[end - 1] == UInt8(ascii: ":") }

    /// What stands before the colon where it is no account.
    private static let selectors: Set<String> = [
        "group", "user", "role", "tcp", "udp", "icmp", "unix", "from", "to", "service", "http", "https",
        "net",
        "host", "port", "ip", "mac", "org", "team", "tag", "autogroup", "all", "any", "fe80",
    ]

    /// Whether a word is read from elsewhere or says nothing: `$PASSWORD`, `$(cat file)`, an empty text.
    func isReading(_ word: Range<Int>) -> Bool {
        let first = bytes[word].first
        return first == UInt8(ascii: "`") || has("$(", at: word.lowerBound) || has("<", at: word.lowerBound)
            || !SecretRules.isWorthHiding(bytes[word], .certain)
    }
}
