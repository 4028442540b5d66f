import Basics

/// A host's text that cannot be understood, as others may see it: what may be a secret is found by its words alone.
struct BrokenHostText {
    let redactor: Redactor

    /// `bytes` without the values of headers and variables, what stands behind telling options, paths of addresses and
    /// words that look made up.
    /// - Parameter isSecret: tells of a word, and whether it stands in quotation marks, that it is to be hidden as well.
    func hidden(
        _ bytes: [UInt8], where isSecret: (_ word: String, _ isQuoted: Bool) -> Bool = { _, _ in false }
    ) -> [UInt8] {
        let bytes = HeaderLines(redactor: redactor).hidden(bytes)
        let places = Self.words(of: bytes)
        let words = places.map { String(decoding: bytes[$0], as: UTF8.self) }
        let shown = redactor.redact(.array(words.map { .string($0) })).array ?? []
        var result: [UInt8] = []
        var offset = 0
        var table = TellingTable()
        let quoted = Self.areQuoted(places, in: bytes)
        for (index, place) in places.enumerated() {
            table.read(bytes[offset..<place.lowerBound])
            defer { table.read(words[index]) }
            result += bytes[offset..<place.lowerBound]
            offset = place.upperBound
            // Where the redactor could not keep the words apart nothing is shown.
            let word = index < shown.count ? shown[index].string : nil
            let isKept =
                word == words[index] && Self.isName(place, in: bytes) && !Self.isNoName(words[index])
            let isVariable = table.isOpen && EntryHeaders.isSecretVariable(words[index])
            let isHidden = !isKept && (isVariable || isSecret(words[index], quoted[index]))
            let text =
                isKept
                ? word : isHidden ? mark(words[index]) : word.map { $0 == words[index] ? self.shown($0) : $0 }
            // Bytes that are no text stay as they are.
            result += text == words[index] ? Array(bytes[place]) : Array((text ?? "‹hidden›").utf8)
        }
        return result + bytes[offset...]
    }

    private func shown(_ word: String) -> String {
        let address = PlainValue.address(word)
        if address != word { return address }
        if PlainValue.isSecretAddress(word[...]) { return mark(word) }
        let bytes = Array(word.utf8)
        let isMixed = bytes.contains { $0 >= 0x30 && $0 <= 0x39 } || bytes.count >= Self.longName
        guard isMixed, !Self.isVariable(word), SecretRules.looksInvented(bytes[...]) else { return word }
        return mark(word)
    }

    private func mark(_ word: String) -> String { redactor.redact(.secret(word)).string ?? "‹hidden›" }

    /// From how many bytes on a word without digits is no name such as `streamableHttp`.
    private static let longName = 20

    /// Whether a value follows the word, so that it is the name of it.
    private static func isName(_ word: Range<Int>, in bytes: [UInt8]) -> Bool {
        if bytes[word].last == UInt8(ascii: ":") { return true }
        let quotes = Array(" \t\"'`".utf8)
        let rest = bytes[word.upperBound...].drop { quotes.contains($0) }
        guard rest.first == UInt8(ascii: "=") else { return rest.first == UInt8(ascii: ":") }
        // Base64 ends with such signs, and nothing follows them.
        let value = rest.drop { $0 == UInt8(ascii: "=") }.drop { quotes.contains($0) }
        return value.first.map { !"\r\n,]}".utf8.contains($0) } ?? false
    }

    /// Whether a word is none that names something, whatever follows it.
    private static func isNoName(_ word: String) -> Bool {
        word.contains("://") || PlainValue.isDrawn(word[...]) && !isVariable(word)
    }

    /// Whether all of it is what names of variables have.
    private static func isVariable(_ word: String) -> Bool {
        word.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F }
    }

    /// Of each word, whether quotation marks stand on both sides of it on its line.
    private static func areQuoted(_ words: [Range<Int>], in bytes: [UInt8]) -> [Bool] {
        let marks = Array("\"'`".utf8)
        var (offset, end) = (0, -1)
        // How many of each stand before the word, and where the last one of the line is.
        var (counts, last) = ([0, 0, 0], [-1, -1, -1])
        return words.map { word in
            while end < word.lowerBound {
                offset = end + 1
                end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
                counts = [0, 0, 0]
                last = marks.map { bytes[offset..<end].lastIndex(of: $0) ?? -1 }
            }
            while offset < word.lowerBound {
                if let mark = marks.firstIndex(of: bytes[offset]) { counts[mark] += 1 }
                offset += 1
            }
            return marks.indices.contains { !counts[$0].isMultiple(of: 2) && last[$0] >= word.upperBound }
        }
    }

    /// What stands between blanks, escapes, quotation marks, brackets, commas, semicolons and signs that give.
    private static func words(of bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        /// Up to where an escape goes.
        var escape = 0
        for (offset, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\\"), offset >= escape {
                let sign = offset + 1 < bytes.count ? bytes[offset + 1] : 0
                escape = offset + (sign == UInt8(ascii: "u") ? 6 : sign == UInt8(ascii: "U") ? 10 : 2)
            }
            if offset < escape || " \t\r\n\"'`,;()[]{}=".utf8.contains(byte) {
                if let begun = start { words.append(begun..<offset) }
                start = nil
            } else if start == nil {
                start = offset
            }
        }
        if let begun = start { words.append(begun..<bytes.count) }
        return words
    }
}

/// Whether a place of a broken text is where values of variables or headers are: in a table in braces or a list behind a
/// telling name, in such a section of TOML, behind such a name with dots, or behind an option that takes one.
private struct TellingTable {
    /// How many braces and brackets are open since the one behind a telling name.
    private var depth = 0
    private var isSection = false
    /// Whether the newest word is a telling name, and whether it stands on this line.
    private var isNamed = false
    private var isNear = false
    private var isHeader = false
    private var isLineStart = true
    private var isQuoted = false
    private var hasComma = false
    /// Whether a name with dots on this line tells.
    private var isDotted = false
    /// How many commas, or lines without any, end the value of an option.
    private var ends = 0
    var isOpen: Bool { depth > 0 || isSection || isDotted || ends > 0 }

    /// Takes what stands between two words.
    mutating func read(_ gap: ArraySlice<UInt8>) {
        var isEscaped = false
        for byte in gap {
            if isEscaped, byte != 0x0A {
                isEscaped = false
                continue
            }
            isEscaped = byte == UInt8(ascii: "\\")
            read(byte)
            // What is indented begins a line as well, and the second bracket of two.
            if byte == 0x0A { isLineStart = true } else if !" \t[".utf8.contains(byte) { isLineStart = false }
        }
    }

    private mutating func read(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): isQuoted.toggle()
        case UInt8(ascii: "{"):
            if depth > 0 || isNamed { depth += 1 }
            isNamed = false
        case UInt8(ascii: "["):
            if depth > 0 || isNamed && isNear {
                depth += 1
            } else if isLineStart {
                // A section has a line of its own, and ends the one before.
                (isSection, isHeader) = (false, true)
            }
            isNamed = false
        case UInt8(ascii: "]") where isHeader:
            isSection = isNamed
            (isHeader, isNamed) = (false, false)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            // One in quotation marks is part of a value.
            guard !isQuoted else { return }
            depth = max(0, depth - 1)
            (ends, isNamed) = (0, false)
        case UInt8(ascii: ","):
            ends = max(0, ends - 1)
            hasComma = true
        case 0x0A:
            if !hasComma { ends = max(0, ends - 1) }
            (isHeader, isQuoted, isDotted, isNear, hasComma) = (false, false, false, false, false)
        default: return
        }
    }

    mutating func read(_ word: String) {
        isLineStart = false
        guard word != ":" else { return }
        let parts = (word.hasSuffix(":") ? word.dropLast() : word[...]).split(separator: ".").map(String.init)
        isNamed = parts.last.map(EntryHeaders.isTelling) ?? false
        isNear = isNamed
        if !isHeader, parts.dropLast().contains(where: EntryHeaders.isTelling) { isDotted = true }
        if EntryHeaders.isOption(word) { ends = 2 }
    }
}
