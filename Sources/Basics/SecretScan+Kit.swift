/// The key of a vault in any spelling that is read as one, told by its check characters.
extension SecretScan {
    /// The most bytes between two characters of a key.
    private static let gapLimit = 64

    /// The keys whose 56 characters stand anywhere, with anything between them.
    ///
    /// No key holds a U, so that most of a text is passed over from one to the next; what is as long as a key and has the
    /// digits and letters of one is checked.
    func spelledKeys() -> [Range<Int>] {
        guard bytes.count >= RecoveryText.length else { return [] }
        var found: [Range<Int>] = []
        var characters = KeyCharacters()
        var start = 0
        var (small, capital) = (next("u", from: 0), next("U", from: 0))
        while start < bytes.count {
            var end = min(small, capital)
            while end < bytes.count {
                if end == small {
                    small = next("u", from: end + 1)
                } else {
                    capital = next("U", from: end + 1)
                }
                // The letter of an escape such as that of a blank ends nothing.
                let isEscape = end > start && bytes[end - 1] == UInt8(ascii: "\\")
                guard isEscape, end - start < Self.stretchLimit else { break }
                end = min(small, capital)
            }
            if end - start >= RecoveryText.length, hasDigits(start..<end) {
                found += spelledKeys(in: start..<end, &characters)
            }
            start = end + 1
        }
        return found + labelledKeys()
    }

    /// The longest stretch that is taken for one although escapes with a U lie in it, in bytes.
    private static let stretchLimit = 4096

    private func next(_ letter: Character, from start: Int) -> Int {
        ByteSearch.first(Array(letter.utf8), in: bytes, from: start) ?? bytes.count
    }

    /// Whether as many digits stand in a stretch as a key has at least.
    private func hasDigits(_ stretch: Range<Int>) -> Bool {
        var count = 0
        for offset in stretch where KeyCharacters.isDigit(bytes[offset] &- 0x30) {
            count += 1
            if count >= KeyCharacters.leastDigits { return true }
        }
        return false
    }

    private func spelledKeys(in stretch: Range<Int>, _ characters: inout KeyCharacters) -> [Range<Int>] {
        var found: [Range<Int>] = []
        let values = KeyCharacters.values
        characters.clear()
        var offset = stretch.lowerBound
        while offset < stretch.upperBound {
            let value = values[Int(bytes[offset])]
            guard value <= KeyCharacters.largest else {
                offset += 1 + escapeLength(offset)
                continue
            }
            if let last = characters.places.last, offset - last > Self.gapLimit { characters.clear() }
            characters.add(value, at: offset)
            if let key = characters.last, !isAlphanumeric(key.upperBound),
                !isAlphanumeric(key.lowerBound - 1),
                characters.lastIsKey
            {
                found.append(key)
                characters.clear()
            }
            offset += 1
        }
        return found
    }

    private func isAlphanumeric(_ offset: Int) -> Bool {
        guard offset >= 0, offset < bytes.count, ByteSet.letters.contains(bytes[offset]) else { return false }
        // The letter of an escape is none of the key.
        return offset == 0 || bytes[offset - 1] != UInt8(ascii: "\\")
    }

    /// How many bytes more an escape or a named character takes that begins at `offset` and stands for a gap.
    private func escapeLength(_ offset: Int) -> Int {
        if bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count {
            if has("u", at: offset + 1) { return 5 }
            return "nrtfv".utf8.contains(bytes[offset + 1]) ? 1 : 0
        }
        guard bytes[offset] == UInt8(ascii: "&") else { return 0 }
        let end = runEnd(has("#", at: offset + 1) ? offset + 2 : offset + 1, .letters)
        return has(";", at: end) && end - offset <= 8 ? end - offset : 0
    }

    // MARK: Lines with labels

    /// The longest line with a label, and the longest label, in bytes.
    private static let (lineLimit, labelLimit) = (256, 24)

    /// The keys on lines each of which has a number or a name before it: `line 1: K7QP J571`, `1. K7QP`.
    private func labelledKeys() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var characters = KeyCharacters()
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            guard let text = labelled(line), holdsKeyAlone(text) else {
                if !line.isEmpty { characters.clear() }
                continue
            }
            for offset in text {
                let value = KeyCharacters.values[Int(bytes[offset])]
                if value <= KeyCharacters.largest { characters.add(value, at: offset) }
            }
            if let key = characters.last, characters.lastIsKey {
                found.append(key)
                characters.clear()
            }
        }
        return found
    }

    /// What stands behind the label of a line.
    private func labelled(_ line: Range<Int>) -> Range<Int>? {
        let text = runEnd(line.lowerBound, .margin)
        guard line.count <= Self.lineLimit, let final = bytes[line].last, !ByteSet.codeEnd.contains(final)
        else {
            return nil
        }
        let end = min(line.upperBound, text + Self.labelLimit)
        guard text < end, let sign = bytes[text..<end].firstIndex(where: ByteSet.labelEnd.contains) else {
            return nil
        }
        return sign + 1..<line.upperBound
    }

    /// Whether a stretch has nothing but characters of a key and what may stand between them, at least a group of them.
    private func holdsKeyAlone(_ text: Range<Int>) -> Bool {
        var count = 0
        for offset in text {
            if KeyCharacters.values[Int(bytes[offset])] <= KeyCharacters.largest {
                count += 1
                if count > RecoveryText.length { return false }
            } else if ByteSet.letters.contains(bytes[offset]) || ByteSet.codeSigns.contains(bytes[offset]) {
                return false
            }
        }
        return count >= 4
    }
}

/// Characters that may be those of a key, one after the other, and where they stand.
private struct KeyCharacters {
    /// The largest value of a character, and what stands for any other byte.
    static let (largest, other): (UInt8, UInt8) = (31, 0xFF)

    /// The value of each byte.
    static let values: [UInt8] = (0...255).map { Base32.value($0) ?? other }

    /// A key of random characters has about 14 of the digits that are no letters as well, and 13 of the 16 letters behind
    /// `f`.
    static let (leastDigits, leastLate) = (1, 6)

    private(set) var places: [Int] = []
    private var values: [UInt8] = []
    /// How many of the last characters, as many as a key has, are digits.
    private var digits = 0

    mutating func clear() {
        places.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        digits = 0
    }

    mutating func add(_ value: UInt8, at offset: Int) {
        places.append(offset)
        values.append(value)
        if Self.isDigit(value) { digits += 1 }
        let old = values.count - RecoveryText.length - 1
        if old >= 0, Self.isDigit(values[old]) { digits -= 1 }
    }

    /// Whether a value is one of 2 to 9: 0 and 1 may be letters in what somebody wrote.
    static func isDigit(_ value: UInt8) -> Bool { value &- 2 < 8 }

    /// Where the last characters stand, as many as a key has; nil while there are fewer or hardly a digit among them.
    var last: Range<Int>? {
        guard digits >= Self.leastDigits, let end = places.last else { return nil }
        let start = places.count - RecoveryText.length
        return start < 0 ? nil : places[start]..<end + 1
    }

    /// Whether the last characters are a key: they look like random ones, and the check fits.
    var lastIsKey: Bool {
        let key = values.suffix(RecoveryText.length)
        let late = key.reduce(UInt32(0)) { $0 | (1 << UInt32($1)) } >> 16
        return late.nonzeroBitCount >= Self.leastLate && RecoveryText.isKey(key)
    }
}
