/// Words that are secret in one place and plain in another: `pwd`, `community`, and the third word of `chap-secrets`.
extension SecretScan {
    /// Whether `range` holds `text`, in small letters or capitals.
    func isWord(_ range: Range<Int>, _ text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount
            && zip(range, 0..<range.count).allSatisfy { unsafe bytes[$0] | 0x20 == text.utf8Start[$1] }
    }

    /// Whether what is given at `start` to the name at `range` is what the shell or a router keeps under it.
    func isPlain(_ start: Int, under range: Range<Int>, _ line: Range<Int>) -> Bool {
        if isWord(range, "pwd"), connectionStrength(range, line) == nil {
            let quotes = bytes[start..<line.upperBound].prefix { $0 == 0x22 || $0 == 0x27 || $0 == 0x5C }
            guard let first = bytes[quotes.endIndex..<line.upperBound].first else { return false }
            return "/~.$`%".utf8.contains(first)
        }
        guard isWord(range, "community") else { return false }
        let word = bytes[start..<line.upperBound].prefix { !ByteSet.wordEnd.contains($0) }
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return (2...3).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(ByteSet.digits.contains) }
    }

    /// What `pwd` says among the members of a connection to a database: `Server=h;Uid=u;Pwd=X;`.
    func connectionStrength(_ name: Range<Int>, _ line: Range<Int>) -> SecretNameStrength? {
        guard isWord(name, "pwd"), has("=", at: name.upperBound) else { return nil }
        let before = bytes[max(line.lowerBound, name.lowerBound - 512)..<name.lowerBound].map { $0 | 0x20 }
        let isMember = before.last == UInt8(ascii: ";") | 0x20
        let isConnection = ["server=", "uid=", "user id=", "data source=", "host=", "database="].contains {
            word in
            ByteSearch.first(word.utf8.map { $0 | 0x20 }, in: before) != nil
        }
        return isMember && isConnection ? .certain : nil
    }

    /// Whether it is the directive of `snmpd.conf` whose first word is a password and whose others say for whom.
    func isSNMPAccess(_ range: Range<Int>) -> Bool {
        ["rocommunity", "rwcommunity"].contains { bytes[range].starts(with: $0.utf8) }
    }

    /// Whether `community` at `range` begins a line of configuration, as no item of a list and no comment does.
    func beginsCommunity(_ range: Range<Int>, _ line: Range<Int>) -> Bool {
        let isMarked = range.lowerBound == line.lowerBound && bytes[range.lowerBound] == UInt8(ascii: "-")
        if isMarked { return isWord(range.lowerBound + 1..<range.upperBound, "community") }
        guard isWord(range, "community") else { return false }
        var margin = bytes[line.lowerBound..<range.lowerBound]
        // The mark of a line that a comparison shows.
        if margin.first == UInt8(ascii: "+") || margin.first == UInt8(ascii: "-") {
            margin = margin.dropFirst()
        }
        let isItem = margin.startIndex > line.lowerBound && margin.count == 1
        return !isItem && margin.allSatisfy(ByteSet.blank.contains)
    }

    /// The third words of the lines behind a comment with the heading of `chap-secrets`: client, server, secret.
    func secretColumns() -> [Range<Int>] {
        guard ByteSearch.first(Array("secret".utf8), in: bytes) != nil else { return [] }
        var found: [Range<Int>] = []
        var isBelow = false
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            let text = runEnd(start, .columnMargin)
            guard text < line.upperBound else { continue }
            if bytes[text] == UInt8(ascii: "#") {
                isBelow = isBelow || isHeading(text + 1..<line.upperBound)
            } else if isBelow {
                let words = columns(text..<line.upperBound)
                if words.count >= 3 { found.append(words[2]) }
            }
        }
        return found
    }

    /// The third words of lines such as `"ann" * "X" *`, as programs that dial keep them under any heading or none.
    ///
    /// Where the account has no quotation marks, the third word must have a digit, as sums and tables of times have stars
    /// as well.
    func starredColumns() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var resume = 0
        while let star = ByteSearch.first([UInt8(ascii: "*")], in: bytes, from: resume) {
            let line = lineStart(star)..<lineEnd(star)
            resume = line.upperBound
            guard line.count <= 512 else { continue }
            let words = columns(runEnd(line.lowerBound, .columnMargin)..<line.upperBound)
            if isDialled(words, to: line.upperBound), !isReading(words[2]) { found.append(words[2]) }
        }
        return found
    }

    /// Whether the words of a line are account, server, secret and the addresses that are given.
    private func isDialled(_ words: [Range<Int>], to end: Int) -> Bool {
        guard words.count >= 3, !words[2].isEmpty, bytes[words[1]].elementsEqual("*".utf8) || words.count == 4
        else { return false }
        let isAnyServer = bytes[words[1]].elementsEqual("*".utf8)
        let isQuoted = words.map { $0.lowerBound > 0 && isQuote(bytes[$0.lowerBound - 1]) }
        guard words.count == 4 else { return isAnyServer && isQuoted[0] && isQuoted[2] }
        let isAny = bytes[words[3]].elementsEqual("*".utf8)
        let isLast = bytes[words[3].upperBound..<end].allSatisfy { ByteSet.blank.contains($0) || isQuote($0) }
        guard isLast, isAny || bytes[words[3]].first.map(ByteSet.digits.contains) == true else {
            return false
        }
        if isQuoted[0] { return isAnyServer || isAny && isQuoted[2] }
        let isServer = isAnyServer || isAny && Self.dialled.contains { isText(words[1], $0) }
        return isServer && isNamed(words[0]) && isMade(words[2])
    }

    /// The names by which programs that dial know themselves.
    private static let dialled = ["pptpd", "l2tpd", "xl2tpd", "pppd", "accel-ppp", "pppoe", "l2tp", "pptp"]

    private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private func isNamed(_ word: Range<Int>) -> Bool {
        bytes[word].count > 1 && bytes[word].allSatisfy(ByteSet.dotted.contains)
            && !bytes[word].allSatisfy(ByteSet.digits.contains)
    }

    private func isMade(_ word: Range<Int>) -> Bool {
        word.count >= 6 && bytes[word].contains(where: ByteSet.digits.contains)
            && !bytes[word].allSatisfy(ByteSet.digits.contains)
    }

    private func isHeading(_ line: Range<Int>) -> Bool {
        let words = columns(line).prefix(3)
        let names: [StaticString] = ["client", "server", "secret"]
        return words.count == names.count && zip(words, names).allSatisfy { isWord($0, $1) }
    }

    /// The first words of a line, quoted ones without their marks.
    func columns(_ line: Range<Int>, most: Int = 4) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var offset = runEnd(line.lowerBound, .blank)
        while offset < line.upperBound, words.count < most {
            if isQuote(bytes[offset]) {
                let rest = bytes[offset + 1..<line.upperBound]
                let end = rest.firstIndex(of: bytes[offset]) ?? line.upperBound
                words.append(offset + 1..<end)
                offset = min(end + 1, line.upperBound)
            } else {
                let end = bytes[offset..<line.upperBound].firstIndex(where: ByteSet.blank.contains)
                words.append(offset..<(end ?? line.upperBound))
                offset = end ?? line.upperBound
            }
            offset = runEnd(offset, .blank)
        }
        return words
    }
}
