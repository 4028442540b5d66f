/// Secrets that one program says and another reads.
extension SecretScan {
    /// What is written into the program whose word stands at `offset`: by `echo` or `printf` before a `|`, or behind `<<<`.
    func piped(to offset: Int, _ end: Int, _ options: [String]) -> [Range<Int>] {
        let start = max(lineStart(offset), offset - Self.commandLimit)
        let pipe = bytes[start..<offset].lastIndex(of: UInt8(ascii: "|"))
        let isDirect = pipe.map { !bytes[$0 + 1..<offset].contains { ";&".utf8.contains($0) } } ?? false
        let stop = min(lineEnd(end), end + Self.commandLimit)
        let text = isDirect || pipe == nil ? hereDocument(from: start, to: stop) : []
        let isGiven = ByteSearch.first(Array("<<<".utf8), in: bytes, from: end, to: stop) != nil
        guard isDirect || isGiven || !text.isEmpty else { return [] }
        let words = words(from: end)
        guard options.isEmpty || words.contains(where: { word in options.contains { isText(word, $0) } })
        else {
            return []
        }
        var found = text + (isGiven ? hereString(words) : [])
        if isDirect, let pipe, let said = sayer(from: start, to: pipe) {
            found += said.filter { $0.upperBound <= pipe }
        }
        return found
    }

    /// The lines of the text that a command line gives to read: `<<END` and all up to the line `END`, to the end of the
    /// text, or to a line that begins another such text.
    private func hereDocument(from start: Int, to end: Int) -> [Range<Int>] {
        guard let mark = ByteSearch.first(Array("<<".utf8), in: bytes, from: start, to: end),
            !has("<<<", at: mark)
        else { return [] }
        var word = mark + 2
        if has("-", at: word) || has("~", at: word) { word += 1 }
        word = runEnd(word, .blank)
        if has("'", at: word) || has("\"", at: word) || has("\\", at: word) { word += 1 }
        let ending = Array(bytes[word..<runEnd(word, .token)])
        guard !ending.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var line = lineEnd(end) + 1
        while line < bytes.count, found.count < Self.textLimit {
            let stop = lineEnd(line)
            let text = min(runEnd(line, .blank), stop)
            let isOther = ByteSearch.first(Array("<<".utf8), in: bytes, from: line, to: stop) != nil
            if isOther || bytes[text..<stop].elementsEqual(ending) { break }
            if text < stop, !isReading(text..<stop) { found.append(text..<stop) }
            line = stop + 1
        }
        return found
    }

    /// The most lines of a text given to read that are looked at.
    private static let textLimit = 1000

    /// The words that the last `echo` or `printf` of a stretch says.
    private func sayer(from start: Int, to end: Int) -> [Range<Int>]? {
        let before = lastPipe(from: start, to: end).map { $0 + 1 } ?? start
        for word in ["echo ", "printf "] {
            let wanted = Array(word.utf8)
            guard let at = ByteSearch.first(wanted, in: bytes, from: before, to: end) else { continue }
            return said(from: at + wanted.count - 1, isFormatted: word == "printf ")
        }
        return nil
    }

    /// The last `|` of a stretch that stands outside quotation marks.
    private func lastPipe(from start: Int, to end: Int) -> Int? {
        var (quote, pipe): (UInt8?, Int?) = (nil, nil)
        for offset in start..<end {
            let byte = bytes[offset]
            if byte == quote {
                quote = nil
            } else if quote == nil, ByteSet.quotes.contains(byte), closesText(byte, from: offset + 1, to: end)
            {
                quote = byte
            } else if quote == nil, byte == UInt8(ascii: "|") {
                pipe = offset
            }
        }
        return pipe
    }

    private func closesText(_ quote: UInt8, from start: Int, to end: Int) -> Bool {
        start < end && bytes[start..<end].contains(quote)
    }

    /// What `echo` or `printf` say, whose words begin at `start`; the format is no part of it where values follow.
    func said(from start: Int, isFormatted: Bool) -> [Range<Int>] {
        var words = words(from: start)[...]
        while let first = words.first, bytes[first].first == UInt8(ascii: "-"), words.count > 1 {
            words = words.dropFirst()
        }
        if isFormatted, words.count > 1, let first = words.first, bytes[first].contains(UInt8(ascii: "%")) {
            words = words.dropFirst()
        }
        guard let first = words.first, !isReading(first) else { return [] }
        return words.prefix { !(bytes[$0].first == UInt8(ascii: ">")) }.filter { !isReading($0) }
    }

    /// The text behind `<<<`.
    func hereString(_ words: [Range<Int>]) -> [Range<Int>] {
        guard let place = words.firstIndex(where: { bytes[$0].starts(with: "<<<".utf8) }) else { return [] }
        let mark = words[place]
        let joined = unquoted(mark.lowerBound + 3..<mark.upperBound)
        if !joined.isEmpty { return isReading(joined) ? [] : [joined] }
        return words[(place + 1)...].prefix(1).filter { !isReading($0) }
    }

    /// What `echo` says that is the command by which a program is told its password: `--password-command 'echo X'`.
    func spokenFor(from offset: Int, _ end: Int) -> [Range<Int>] {
        if let written = written(from: end, isFormatted: bytes[offset] == UInt8(ascii: "p")) {
            return written
        }
        let limit = max(lineStart(offset), offset - 96)
        var before = bytes[limit..<offset]
        while let last = before.last, " \t\"'=:,([\\".utf8.contains(last) { before.removeLast() }
        if before.suffix(5).elementsEqual("sh -c".utf8) {
            before = before.dropLast(5)
            while let last = before.last, "abdkz/inr \t\"'=:,([\\".utf8.contains(last) { before.removeLast() }
        }
        let name = before.suffix(48).reversed().prefix(while: ByteSet.dotted.contains).reversed()
        let plain = name.filter(ByteSet.letters.contains).map { $0 | 0x20 }
        guard Self.spokenNames.contains(where: { plain.suffix($0.count).elementsEqual($0) }) else {
            return []
        }
        return said(from: end, isFormatted: bytes[offset] == UInt8(ascii: "p"))
    }

    /// What is written into a file whose name says that it is a secret: `echo X > /etc/app/password`.
    private func written(from end: Int, isFormatted: Bool) -> [Range<Int>]? {
        let words = words(from: end)
        guard let place = words.firstIndex(where: { bytes[$0].first == UInt8(ascii: ">") }) else {
            return nil
        }
        let joined = bytes[words[place]].drop { $0 == UInt8(ascii: ">") }
        let next = words[(place + 1)...].first.map { bytes[$0] } ?? []
        let target = (joined.isEmpty ? next : joined).filter { !ByteSet.quotes.contains($0) }
        let file = String(decoding: target, as: UTF8.self)
        guard SecretRules.isSecretPath(file) else { return nil }
        return said(from: end, isFormatted: isFormatted)
    }

    private static let spokenNames = [
        "passwordcommand", "passcommand", "passcmd", "passwordcmd", "passwdcmd", "passwordeval", "passeval",
        "passwdcommand", "passphrasecommand", "tokencommand", "tokencmd", "secretcommand",
    ].map { Array($0.utf8) }

    /// The X of `send "X\r"` where a prompt for a password was waited for on this line or the one before.
    func answer(from offset: Int, _ end: Int) -> [Range<Int>] {
        guard let word = words(from: end).first(where: { bytes[$0].first != UInt8(ascii: "-") }),
            word.lowerBound > 0, bytes[word.lowerBound - 1] == UInt8(ascii: "\""),
            !has("$", at: word.lowerBound)
        else { return [] }
        var value = word
        for mark in ["\\r\\n", "\\r", "\\n"]
        where bytes[value].suffix(mark.utf8.count).elementsEqual(mark.utf8) {
            value = value.lowerBound..<value.upperBound - mark.utf8.count
            break
        }
        let line = lineStart(offset)
        let start = max(line > 0 ? lineStart(line - 1) : 0, offset - 256)
        guard value.count < word.count, !value.isEmpty,
            ["assword", "assphrase"].contains(where: {
                ByteSearch.first(Array($0.utf8), in: bytes, from: start, to: offset) != nil
            })
        else { return [] }
        return isReading(value) ? [] : [value]
    }
}
