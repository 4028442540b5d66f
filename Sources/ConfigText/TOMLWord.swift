/// Tells which words without quotes are values: numbers, truth values, dates and times.
///
/// - SeeAlso: TOML 1.0.0
struct TOMLWord {
    private var rest: Substring.UTF8View

    private init(_ text: String) { rest = text[...].utf8 }

    /// Whether `text` is such a value.
    static func isValue(_ text: String) -> Bool {
        ["true", "false"].contains(text) || isNumber(text) || isTime(text)
    }

    /// Whether `text` is a date, behind which a time may stand after a blank.
    static func isDate(_ text: String) -> Bool {
        var word = TOMLWord(text)
        return word.date() && word.rest.isEmpty
    }

    private static func isNumber(_ text: String) -> Bool {
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            var word = TOMLWord(String(text.dropFirst(2)))
            return word.digits(base) && word.rest.isEmpty
        }
        var word = TOMLWord(text)
        _ = word.take("+") || word.take("-")
        if ["inf", "nan"].contains(String(Substring(word.rest))) { return true }
        if word.take("0") {
            guard word.rest.isEmpty || word.begins(".") || word.begins("e") || word.begins("E") else {
                return false
            }
        } else {
            guard word.digits(10) else { return false }
        }
        if word.take("."), !word.digits(10) { return false }
        if word.take("e") || word.take("E") {
            _ = word.take("+") || word.take("-")
            guard word.digits(10) else { return false }
        }
        return word.rest.isEmpty
    }

    private static func isTime(_ text: String) -> Bool {
        var word = TOMLWord(text)
        var copy = word
        if copy.time() { return copy.rest.isEmpty }
        guard word.date() else { return false }
        if word.rest.isEmpty { return true }
        guard word.take("T") || word.take("t") || word.take(" "), word.time() else { return false }
        return word.rest.isEmpty || word.zone() && word.rest.isEmpty
    }

    // MARK: Parts

    private func begins(_ sign: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: sign) }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard begins(sign) else { return false }
        rest.removeFirst()
        return true
    }

    /// Digits, between which single underscores may stand.
    private mutating func digits(_ base: Int) -> Bool {
        var isDigit = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "_") {
                guard isDigit else { return false }
                isDigit = false
            } else {
                guard let value = Character(Unicode.Scalar(byte)).hexDigitValue, value < base else { break }
                isDigit = true
            }
            rest.removeFirst()
        }
        return isDigit
    }

    /// A number of so many digits that is in `range`; nil where none stands here.
    private mutating func number(_ count: Int, _ range: ClosedRange<Int>) -> Int? {
        let text = String(Substring(rest.prefix(count)))
        guard text.utf8.count == count, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        rest.removeFirst(count)
        return number
    }

    private mutating func date() -> Bool {
        guard let year = number(4, 0...9999), take("-"), let month = number(2, 1...12), take("-") else {
            return false
        }
        let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
        let days = month == 2 ? isLeap ? 29 : 28 : [4, 6, 9, 11].contains(month) ? 30 : 31
        return number(2, 1...days) != nil
    }

    private mutating func time() -> Bool {
        guard number(2, 0...23) != nil, take(":"), number(2, 0...59) != nil, take(":"),
            number(2, 0...60) != nil
        else { return false }
        guard take(".") else { return true }
        let count = rest.prefix { (0x30...0x39).contains($0) }.count
        rest.removeFirst(count)
        return count > 0
    }

    private mutating func zone() -> Bool {
        if take("Z") || take("z") { return true }
        return (take("+") || take("-")) && number(2, 0...23) != nil && take(":")
            && number(2, 0...59) != nil
    }
}
