/// The texts in quotation marks of one statement of a program, from a place behind a telling name on.
struct LiteralTexts {
    /// The longest statement that is looked at, in bytes.
    private static let limit = 1024

    let scan: SecretScan
    let source: SourceCode
    /// The name that the statement is for.
    let name: Range<Int>

    /// How a stretch of a statement is read.
    private struct Reading {
        var isCompared = false
        /// Whether only what a parameter has by default is taken.
        var isDefault = false
        /// Whether the call at the beginning is for the secret itself.
        var isOwn = false
        /// The number of the value among those that are given at once.
        var place: Int?
    }

    /// A bracket that is open, and what stands before it.
    private struct Level {
        let mark: UInt8
        let callee: String?
        /// Which argument is being read.
        var number = 0
    }

    /// The secrets from `start` to the end of the statement.
    ///
    /// - Parameters:
    ///   - isCompared: whether the name is compared with what follows.
    ///   - isDefault: whether only what a parameter has by default is taken.
    ///   - isOwn: whether the call that follows, or is open, is for the secret itself.
    ///   - isArgument: whether `start` lies within a call.
    ///   - place: the number of the value, where several are given at once.
    func found(
        from start: Int, isCompared: Bool = false, isDefault: Bool = false, isOwn: Bool = false,
        isArgument: Bool = false, place: Int? = nil
    ) -> [Range<Int>] {
        let reading = Reading(isCompared: isCompared, isDefault: isDefault, isOwn: isOwn, place: place)
        var walk = Walk(
            offset: start, limit: min(scan.bytes.count, start + Self.limit), isArgument: isArgument)
        var found: [Range<Int>] = []
        while walk.offset < walk.limit {
            if let other = ByteSet.otherStart.contains(byte(walk)) ? source.stretch(at: walk.offset) : nil {
                if let text = content(of: other), isTaken(other, text, walk, reading) { found.append(text) }
                walk.last = other
                walk.offset = max(walk.offset + 1, other.upperBound)
            } else if ByteSet.nameStart.contains(byte(walk)) {
                let name = walk.offset..<scan.runEnd(walk.offset + 1, .members)
                if reading.isCompared, walk.levels.isEmpty, isJoint(name) { break }
                if ["function", "lambda", "func", "fn", "def"].contains(where: { scan.isText(name, $0) }) {
                    break
                }
                walk.word = name
                walk.offset = name.upperBound
            } else if !step(&walk, reading) {
                break
            }
        }
        return found
    }

    /// Where the reading is.
    private struct Walk {
        var offset: Int
        let limit: Int
        let isArgument: Bool
        var levels: [Level] = []
        /// The number of the value at the outer level.
        var number = 0
        /// The last name and the last text.
        var word: Range<Int>?
        var last: Range<Int>?
    }

    private func byte(_ walk: Walk) -> UInt8 { scan.bytes[walk.offset] }

    /// Whether a word joins a comparison with another one.
    private func isJoint(_ word: Range<Int>) -> Bool {
        ["and", "or", "then", "do", "return", "raise"].contains { scan.isText(word, $0) }
    }

    /// Reads one sign; false where the statement ends.
    private func step(_ walk: inout Walk, _ reading: Reading) -> Bool {
        let byte = byte(walk)
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["): open(byte, &walk)
        case UInt8(ascii: "{"):
            guard opensList(walk) else { return false }
            open(byte, &walk)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard walk.levels.popLast() != nil else { return false }
        case UInt8(ascii: ";"): return false
        case UInt8(ascii: ","):
            if walk.levels.isEmpty {
                guard reading.place != nil || walk.isArgument || reading.isDefault else { return false }
                walk.number += 1
            } else {
                walk.levels[walk.levels.count - 1].number += 1
            }
        case UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "?"):
            if reading.isCompared, walk.levels.isEmpty { return false }
        case UInt8(ascii: "="), UInt8(ascii: "-"):
            if scan.has(">", at: walk.offset + 1), scan.bytes[walk.offset] == byte, isBody(walk) {
                return false
            }
        case 0x0A:
            guard goesOn(walk) || reading.isDefault || walk.isArgument else { return false }
        default: break
        }
        walk.offset += 1
        return true
    }

    /// Whether `=>` or `->` gives a function its body, and is no member of PHP.
    private func isBody(_ walk: Walk) -> Bool {
        let isMember = scan.has("->", at: walk.offset) && scan.has("$", at: (walk.word?.lowerBound ?? 1) - 1)
        let isKey = walk.last.map { scan.runEnd($0.upperBound, .blank) == walk.offset } ?? false
        return !isMember && !isKey
    }

    private func open(_ mark: UInt8, _ walk: inout Walk) {
        var callee: String?
        if let word = walk.word,
            word.upperBound == walk.offset
                || scan.has("!", at: word.upperBound) && word.upperBound + 1 == walk.offset
        {
            let last = scan.bytes[word].split(separator: UInt8(ascii: ".")).last ?? []
            let text = String(decoding: last, as: UTF8.self)
            callee = Self.groupers.contains(text) ? nil : text
        }
        walk.levels.append(Level(mark: mark, callee: callee))
    }

    /// Whether a brace opens a list of texts, and no block of statements.
    private func opensList(_ walk: Walk) -> Bool {
        let next = scan.runEnd(walk.offset + 1, .space)
        guard next < walk.limit else { return false }
        return ByteSet.textMarks.contains(scan.bytes[next]) && scan.bytes[next] != UInt8(ascii: "`")
            || scan.has("{\"", at: next)
    }

    /// Whether a statement goes on behind the end of a line.
    private func goesOn(_ walk: Walk) -> Bool {
        if !walk.levels.isEmpty { return true }
        let before = scan.bytes[max(0, walk.offset - 64)..<walk.offset].last { !ByteSet.blank.contains($0) }
        if let before, "=+|?\\".utf8.contains(before) { return true }
        let next = scan.runEnd(walk.offset + 1, .blank)
        guard next > walk.offset + 1 else { return false }
        return ["+", "||", "??", "? ", ": ", "or ", "."].contains { scan.startsWith($0, at: next) }
    }

    // MARK: Texts

    /// What stands between the marks of a text; nil for a comment.
    func content(of other: Range<Int>) -> Range<Int>? {
        let bytes = scan.bytes
        var start = other.lowerBound
        while start < other.upperBound, "r#@".utf8.contains(bytes[start]) { start += 1 }
        guard start < other.upperBound, ByteSet.textMarks.contains(bytes[start]) else { return nil }
        let mark = bytes[start]
        let count = bytes[start..<other.upperBound].prefix { $0 == mark }.count
        let marks = count >= 6 ? 3 : count >= 3 ? 3 : 1
        var end = other.upperBound
        while end > start + marks, bytes[end - 1] == UInt8(ascii: "#") { end -= 1 }
        guard end - start >= 2 * marks else { return nil }
        return start + marks..<max(start + marks, end - (bytes[end - 1] == mark ? marks : 0))
    }

    /// Whether a text is a secret for where it stands in the statement.
    private func isTaken(_ other: Range<Int>, _ text: Range<Int>, _ walk: Walk, _ reading: Reading) -> Bool {
        if let place = reading.place, !isPlace(place, walk) { return false }
        let level = walk.levels.last
        if isKey(other, level) { return false }
        if let keyword = keyword(before: other.lowerBound) {
            let isGiven = Self.defaults.contains(keyword) || SecretRules.strength(ofName: keyword) == .certain
            return isGiven && isSecret(text, isCompared: reading.isCompared)
        }
        if reading.isDefault { return false }
        if let level, "[{".utf8.contains(level.mark), !SecretRules.holdsSecrets(scan.bytes[name]),
            !isMade(text)
        {
            return false
        }
        guard let callee = level?.callee, !(reading.isOwn && walk.levels.count == 1) else {
            return isSecret(text, isCompared: reading.isCompared)
        }
        if Self.comparers.contains(callee) || Self.makers.contains(callee.lowercased()) {
            return isSecret(text, isCompared: reading.isCompared)
        }
        let isGetter = Self.getters.contains { callee.lowercased().hasPrefix($0) }
        if isGetter { return level?.number ?? 0 > 0 && isSecret(text, isCompared: reading.isCompared) }
        return isMade(text) && isSecret(text, isCompared: reading.isCompared)
    }

    private func isPlace(_ place: Int, _ walk: Walk) -> Bool {
        if walk.number > 0 || walk.levels.isEmpty { return walk.number == place }
        guard let first = walk.levels.first, first.callee == nil, first.mark != UInt8(ascii: "{") else {
            return place == 0
        }
        return first.number == place
    }

    /// Whether a text is the name of a member, or of one that is asked for.
    private func isKey(_ other: Range<Int>, _ level: Level?) -> Bool {
        let next = scan.runEnd(other.upperBound, .blank)
        if scan.has("=>", at: next) { return true }
        if level?.mark == UInt8(ascii: "{"), scan.has(":", at: next) { return true }
        guard level?.mark == UInt8(ascii: "["), scan.has("]", at: next), other.lowerBound > 1 else {
            return false
        }
        let open = other.lowerBound - 1
        let before = scan.bytes[open - 1]
        return scan.has("[", at: open) && (ByteSet.names.contains(before) || ")]?".utf8.contains(before))
    }

    /// The name of the parameter that a text is given for: `default` of `default="X"`.
    private func keyword(before start: Int) -> String? {
        var sign = start
        while sign > 0, "bBrRuUfF".utf8.contains(scan.bytes[sign - 1]), start - sign < 2 { sign -= 1 }
        if sign > 0, ByteSet.names.contains(scan.bytes[sign - 1]) { sign = start }
        while sign > 0, ByteSet.gap.contains(scan.bytes[sign - 1]) { sign -= 1 }
        guard sign > 1, "=:".utf8.contains(scan.bytes[sign - 1]), !scan.has("==", at: sign - 2) else {
            return nil
        }
        var end = sign - 1
        while end > 0, ByteSet.gap.contains(scan.bytes[end - 1]) { end -= 1 }
        var begin = end
        while begin > 0, ByteSet.names.contains(scan.bytes[begin - 1]) { begin -= 1 }
        guard begin < end, begin >= name.upperBound else { return nil }
        let before = scan.bytes[name.upperBound..<begin].last { !ByteSet.space.contains($0) }
        guard let before, "(,{".utf8.contains(before) else { return nil }
        return String(decoding: scan.bytes[begin..<end], as: UTF8.self)
    }

    /// Whether a text that a call is given looks as if somebody had made it up.
    private func isMade(_ text: Range<Int>) -> Bool {
        let value = scan.bytes[text]
        if SecretRules.isPassphrase(value) { return true }
        return value.count >= 6 && SecretRules.isInvented(value) && !SecretRules.isWord(value)
            && value.allSatisfy { $0 > 0x20 && !ByteSet.patternMarks.contains($0) }
    }

    /// Whether a text is worth hiding, and no name, message, format or way of writing.
    func isSecret(_ text: Range<Int>, isCompared: Bool = false) -> Bool {
        let value = scan.bytes[text]
        guard value.count > 2, SecretRules.isWorthHiding(value, .certain), !SecretRules.isNamed(value) else {
            return false
        }
        let last = String(decoding: scan.bytes[name].suffix(8), as: UTF8.self).lowercased()
        guard last.contains("token"), !SecretRules.isPassphrase(value) else { return true }
        // The tokens of a language.
        if SecretRules.isWord(value) { return !isCompared && !last.hasSuffix("s") }
        return value.count >= 6 && SecretRules.isInvented(value)
    }

    /// Words before a parenthesis that call nothing.
    private static let groupers: Set<String> = [
        "in", "if", "and", "or", "not", "return", "else", "await", "elif", "while", "is", "then", "unless",
        "echo",
        "print",
    ]
    /// Parameters whose value counts where none is given.
    private static let defaults: Set<String> = [
        "default", "defaultValue", "default_value", "fallback", "initial", "value", "else", "initialValue",
    ]
    /// Calls that compare.
    static let comparers: Set<String> = [
        "equals", "equalsIgnoreCase", "eq", "eql", "toBe", "toEqual", "toStrictEqual", "compareTo", "isEqual",
        "isEqualTo", "contentEquals", "Equal", "Equals", "isEqualToString", "to_eq",
    ]
    /// Calls that give or compare what they are given together with a name.
    static let givers: Set<String> = [
        "strcpy", "strncpy", "strlcpy", "strcmp", "strncmp", "strcasecmp", "memcmp", "memcpy", "strcat",
        "assign",
        "StringVar", "StringVarP", "setenv", "putenv", "Setenv", "SetDefault", "fill", "assertEqual",
        "assertEquals", "assert_eq!",
        "compare_digest", "hash_equals", "sendKeys", "setItem", "curl_setopt", "curl_easy_setopt", "setopt",
        "String", "StringP",
    ]
    /// Calls that give what they are given, in another form.
    private static let makers: Set<String> = [
        "secret", "secretstr", "securestring", "string", "str", "bytes", "new", "from", "of", "decode",
        "b64decode",
        "base64decode", "unbase64", "atob", "strdup", "redacted", "password", "sensitive", "tochararray",
        "literal",
        "char", "some", "just", "constant", "field", "byte", "vec", "list", "tuple", "set", "array", "aslist",
        "orelse", "or",
        "unwrap_or", "default", "coalesce", "ok", "charfield", "setof", "listof", "arrayof", "frozenset",
    ]
    /// What calls begin with whose first text is a name or a question.
    private static let getters = [
        "get", "env", "config", "pop", "read", "find", "fetch", "lookup", "input", "prompt", "ask", "query",
        "param",
        "header", "require", "setdefault", "val", "load",
    ]
}

extension SecretRules {
    /// Whether a text is several plain words of small letters that dashes or dots join, as people make up passphrases.
    static func isPassphrase(_ value: ArraySlice<UInt8>) -> Bool {
        let words = value.split { "-_.".utf8.contains($0) }
        return value.count >= 16 && words.count >= 4 && words.allSatisfy { $0.count >= 3 }
            && value.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 == UInt8(ascii: "-") }
    }

    /// Whether a text of a program names something or says it: a variable, a header, a place, an algorithm, a format, a
    /// sentence.
    static func isNamed(_ value: ArraySlice<UInt8>) -> Bool {
        let hasSpace = value.contains(0x20)
        let hasDigit = value.contains(where: ByteSet.digits.contains)
        if !hasSpace, !hasDigit, isWord(value), strength(ofName: value) != nil { return true }
        if !hasSpace, value.contains(UInt8(ascii: "_")),
            value.allSatisfy({
                $0 >= 0x41 && $0 <= 0x5A || $0 == UInt8(ascii: "_") || ByteSet.digits.contains($0)
            })
        {
            return true
        }
        if ByteSearch.first(Array("://".utf8), in: Array(value.prefix(64))) != nil { return true }
        if hasSpace, value.split(separator: 0x20).contains(where: { strength(ofName: $0) != nil }) {
            return true
        }
        if hasSpace, isWords(value), value.first.map({ $0 >= 0x41 && $0 <= 0x5A }) == true { return true }
        let lower = String(decoding: value.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
        if ways.contains(lower) { return true }
        return isFormat(value) || isPattern(value)
    }

    /// Whether a text is a regular expression, or a type of C with brackets behind it.
    private static func isPattern(_ value: ArraySlice<UInt8>) -> Bool {
        if value.suffix(2).elementsEqual("[]".utf8), isWords(value.dropLast(2)) { return true }
        let marks = [
            "\\\\", "\\b", "\\d", "\\s", "\\w", "\\.", "\\}", "\\{", "\\(", "\\[", "(?", "[^", "[a-", "[A-",
            "[0-", ")+", "]+", ")*", "]*",
        ]
        return marks.contains { ByteSearch.first(Array($0.utf8), in: Array(value)) != nil }
    }

    /// Whether a text has places that are filled in, and nothing beside them that looks made up.
    private static func isFormat(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.contains(where: { "%{".utf8.contains($0) }) else { return false }
        var (rest, depth, count): ([UInt8], Int, Int) = ([], 0, 0)
        var offset = value.startIndex
        while offset < value.endIndex {
            let byte = value[offset]
            if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}"), depth > 0 {
                depth -= 1
                count += 1
            } else if byte == UInt8(ascii: "%"), offset + 1 < value.endIndex,
                "sdvxqr".utf8.contains(value[offset + 1])
            {
                count += 1
                offset += 1
            } else if depth == 0 {
                rest.append(byte)
            }
            offset += 1
        }
        return count > 0 && depth == 0 && !(rest.count >= 6 && isInvented(rest[...]))
    }

    /// Ways of writing and of reckoning.
    private static let ways: Set<String> = [
        "utf8", "utf-8", "utf16", "base64", "base64url", "hex", "ascii", "latin1", "latin-1", "iso-8859-1",
        "binary", "sha1",
        "sha256", "sha-256", "sha384", "sha512", "sha-512", "md5", "hs256", "hs384", "hs512", "rs256",
        "es256", "aes-256-gcm",
        "aes-256-cbc", "aes-128-cbc", "bcrypt", "argon2", "argon2id", "scrypt", "pbkdf2", "pbkdf2_sha256",
    ]
}
