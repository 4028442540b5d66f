/// A word after which secrets stand where the grammar of a program puts them, and not behind a telling name.
struct SecretStatement: Sendable {
    /// How the program is told.
    enum Grammar: Sendable {
        /// The word behind one of these options, or joined to it where the second list has it; only behind `word` where
        /// one is given.
        case option([String], joined: [String], after: String?)
        /// What follows the first of these bytes in the word behind one of these options, or joined to it.
        case part(UInt8, [String])
        /// The words behind one of these words, unless they say where something is.
        case keyword([String])
        /// The words with these numbers, counted from 0; at the beginning of a line only.
        case places([Int])
        /// The last word of a line that it begins, behind one of these words, a level and the number of a coding; the
        /// number may be missing only where nothing stands before those words.
        case coded([String])
        /// What follows the first colon of the word with this number.
        case afterColon(Int)
        /// The quoted text behind `BY` or `AS`.
        case identified
        /// The next word, behind a colon and a space.
        case behindColon
        /// What follows the colon in the word behind `echo` on the same line.
        case echoed
    }

    let word: [UInt8]
    let grammar: Grammar

    init(_ word: String, _ grammar: Grammar) {
        self.word = Array(word.utf8)
        self.grammar = grammar
    }

    /// By first byte.
    static let byFirst: [[SecretStatement]] = (0..<256).map { first in
        all.filter { $0.word.first == UInt8(first) }
    }

    private static let colon = UInt8(ascii: ":")

    private static let all: [SecretStatement] =
        ["curl"].map { SecretStatement($0, .part(colon, ["-u", "-U", "--user", "--proxy-user"])) }
        + [
            "mysql", "mysqldump", "mysqladmin", "mysqlcheck", "mysqlimport", "mysqlshow", "mariadb",
            "mariadb-dump", "mariadb-admin", "mycli",
        ].map { SecretStatement($0, .option([], joined: ["-p"], after: nil)) }
        + ["sshpass"].map { SecretStatement($0, .option(["-p"], joined: ["-p"], after: nil)) }
        + ["redis-cli", "valkey-cli"].map { SecretStatement($0, .option(["-a"], joined: [], after: nil)) }
        + ["docker", "podman", "helm", "skopeo", "buildah"].map {
            SecretStatement($0, .option(["-p"], joined: [], after: "login"))
        }
        + ["mongo", "mongosh", "mongodump", "mongorestore", "influx"].map {
            SecretStatement($0, .option(["-p"], joined: [], after: nil))
        }
        + ["ldapsearch", "ldapmodify", "ldapadd", "ldapwhoami", "ldappasswd"].map {
            SecretStatement($0, .option(["-w"], joined: ["-w"], after: nil))
        }
        + ["zip", "unzip", "ipmitool", "mosquitto_pub", "mosquitto_sub"].map {
            SecretStatement($0, .option(["-P"], joined: [], after: nil))
        }
        + ["snmpwalk", "snmpget", "snmpset", "snmpbulkwalk"].map {
            SecretStatement($0, .option(["-c", "-A", "-X"], joined: [], after: nil))
        }
        + ["smbclient", "rpcclient", "mount.cifs"].map {
            SecretStatement($0, .part(UInt8(ascii: "%"), ["-U", "--user"]))
        }
        + [
            SecretStatement("wg", .keyword(["private-key", "preshared-key"])),
            SecretStatement("nmcli", .keyword(["password", "wifi-sec.psk", "802-11-wireless-security.psk"])),
            SecretStatement("enable", .coded(["secret", "password"])),
            SecretStatement("username", .coded(["secret", "password"])),
            SecretStatement("snmp-server", .keyword(["community"])),
            SecretStatement("com2sec", .places([2])), SecretStatement("com2sec6", .places([2])),
            SecretStatement("createUser", .places([2, 4])), SecretStatement("stats", .afterColon(1)),
            SecretStatement("IDENTIFIED", .identified), SecretStatement("identified", .identified),
            SecretStatement("PSK", .behindColon), SecretStatement("XAUTH", .behindColon),
            SecretStatement("EAP", .behindColon), SecretStatement("chpasswd", .echoed),
        ]
}

extension SecretScan {
    /// The longest command line that is looked at, in bytes.
    private static let commandLimit = 2048

    /// What the statement whose word begins at `offset` hides.
    func statement(at offset: Int) -> [Range<Int>] {
        for statement in SecretStatement.byFirst[Int(bytes[offset])] {
            let end = offset + statement.word.count
            guard end <= bytes.count, bytes[offset..<end].elementsEqual(statement.word) else { continue }
            let isEcho = if case .echoed = statement.grammar { true } else { false }
            guard isEcho || end < bytes.count && (bytes[end] == 0x20 || bytes[end] == 0x09) else { continue }
            return values(statement.grammar, from: offset, end)
        }
        return []
    }

    private func values(_ grammar: SecretStatement.Grammar, from offset: Int, _ end: Int) -> [Range<Int>] {
        switch grammar {
        case .option(let options, let joined, let word):
            let words = words(from: end)
            guard word.map({ wanted in words.contains { isText($0, wanted) } }) ?? true else { return [] }
            return behind(options, words) + joinedTo(joined, words)
        case .part(let byte, let options):
            let words = words(from: end)
            return (behind(options, words) + joinedTo(options.filter { $0.utf8.count == 2 }, words))
                .compactMap {
                    part($0, behind: byte)
                }
        case .keyword(let keywords):
            return behind(keywords, words(from: end)).filter { !SecretRules.isPlace(bytes[$0]) }
        case .places(let places):
            guard beginsLine(offset) else { return [] }
            let words = words(from: end)
            return places.filter(words.indices.contains).map { words[$0] }
        case .coded(let keywords):
            return beginsLine(offset) ? [coded(keywords, from: end)].compactMap(\.self) : []
        case .afterColon(let place):
            let words = words(from: end)
            guard beginsLine(offset), words.indices.contains(place), isText(words[0], "auth") else {
                return []
            }
            return [part(words[place], behind: UInt8(ascii: ":"))].compactMap(\.self)
        case .identified: return identified(from: end)
        case .behindColon:
            guard offset > 1, has(": ", at: offset - 2) else { return [] }
            return Array(words(from: end).prefix(1))
        case .echoed: return echoed(before: offset)
        }
    }

    private func isText(_ range: Range<Int>, _ text: String) -> Bool { bytes[range].elementsEqual(text.utf8) }

    /// The words that follow one of `options`.
    private func behind(_ options: [String], _ words: [Range<Int>]) -> [Range<Int>] {
        zip(words, words.dropFirst()).compactMap { option, value in
            options.contains { isText(option, $0) } && bytes[value].first != UInt8(ascii: "-") ? value : nil
        }
    }

    /// What is joined to one of `options`, without its quotation marks.
    private func joinedTo(_ options: [String], _ words: [Range<Int>]) -> [Range<Int>] {
        words.compactMap { word in
            guard let option = options.first(where: { bytes[word].starts(with: $0.utf8) }) else { return nil }
            let value = unquoted(word.lowerBound + option.utf8.count..<word.upperBound)
            return value.isEmpty ? nil : value
        }
    }

    private func part(_ word: Range<Int>, behind byte: UInt8) -> Range<Int>? {
        guard let at = bytes[word].firstIndex(of: byte), at + 1 < word.upperBound else { return nil }
        return SecretRules.isWorthHiding(bytes[at + 1..<word.upperBound], .certain)
            ? at + 1..<word.upperBound : nil
    }

    /// The X of `enable secret 5 X` and `username ann privilege 15 secret X`.
    private func coded(_ keywords: [String], from end: Int) -> Range<Int>? {
        let words = words(from: end)
        guard let place = words.firstIndex(where: { word in keywords.contains { isText(word, $0) } }) else {
            return nil
        }
        var rest = words[(place + 1)...]
        if let first = rest.first, isText(first, "level") { rest = rest.dropFirst(2) }
        let code = rest.first.map { bytes[$0] } ?? []
        let isCoded = rest.count > 1 && code.count == 1 && code.allSatisfy(ByteSet.digits.contains)
        if isCoded { rest = rest.dropFirst() }
        guard isCoded || place == 0, rest.count == 1, let value = rest.first,
            !SecretRules.describesSecret(bytes[value])
        else { return nil }
        return value
    }

    private func identified(from end: Int) -> [Range<Int>] {
        let words = words(from: end)
        for (keyword, value) in zip(words, words.dropFirst()).prefix(4)
        where ["BY", "by", "AS", "as"].contains(where: { isText(keyword, $0) }) {
            return isText(value, "PASSWORD")
                ? Array(words.drop { $0 != value }.dropFirst().prefix(1)) : [value]
        }
        return []
    }

    private func echoed(before offset: Int) -> [Range<Int>] {
        let start = max(lineStart(offset), offset - Self.commandLimit)
        guard let echo = ByteSearch.first(Array("echo ".utf8), in: bytes, from: start, to: offset),
            let word = words(from: echo + 4).first(where: { bytes[$0].first != UInt8(ascii: "-") })
        else { return [] }
        return [part(word, behind: UInt8(ascii: ":"))].compactMap(\.self)
    }

    private func beginsLine(_ offset: Int) -> Bool {
        var start = offset
        while start > 0, ByteSet.lineMargin.contains(bytes[start - 1]) { start -= 1 }
        return start == 0 || bytes[start - 1] == 0x0A || bytes[start - 1] == UInt8(ascii: "\"")
    }

    // MARK: Words

    /// The words of a command line from `start` on, without quotation marks around them; lines joined by a backslash
    /// count as one, and what another command follows ends it.
    private func words(from start: Int) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var offset = start
        let limit = min(bytes.count, start + Self.commandLimit)
        while offset < limit {
            let byte = bytes[offset]
            if byte == 0x20 || byte == 0x09 {
                offset += 1
            } else if has("\\\n", at: offset) {
                offset += 2
            } else if [0x0A, UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "&")].contains(byte) {
                return words
            } else {
                let end = wordEnd(offset, limit)
                let word = unquoted(offset..<end)
                if !word.isEmpty { words.append(word) }
                offset = max(end, offset + 1)
            }
        }
        return words
    }

    private func wordEnd(_ start: Int, _ limit: Int) -> Int {
        var quote: UInt8?
        var offset = start
        while offset < limit, bytes[offset] != 0x0A {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\\"), offset + 1 < limit, bytes[offset + 1] != 0x0A {
                offset += 2
                continue
            }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                // The mark that ends the text around a command stands at the end of a word.
                guard closes(byte, after: offset, limit) else { return offset }
                quote = byte
            } else if quote == nil, ByteSet.commandWordEnd.contains(byte) {
                break
            }
            offset += 1
        }
        return min(offset, limit)
    }

    private func closes(_ quote: UInt8, after offset: Int, _ limit: Int) -> Bool {
        let end = min(limit, lineEnd(offset))
        return offset + 1 < end && bytes[offset + 1..<end].contains(quote)
    }

    private func unquoted(_ range: Range<Int>) -> Range<Int> {
        guard range.count >= 2, let first = bytes[range].first, bytes[range.upperBound - 1] == first,
            first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        else { return range }
        return range.lowerBound + 1..<range.upperBound - 1
    }
}
