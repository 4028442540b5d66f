/// An instant in UTC with nanoseconds; written as RFC 3339 with a `Z`.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Whole nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let nanoseconds: Int64

    /// The last one that can be told; it stands for all later ones as well.
    package static let furthest = Timestamp(nanoseconds: .max)

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The instant that many whole seconds after 1970, or the nearest one that can be told (1677…2262).
    package init(seconds: Int64) {
        let (product, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.nanoseconds = isTooFar ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The time that passed between two instants.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
    }

    /// The instant that much later, or the nearest one that can be told.
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = (Duration.nanoseconds(left.nanoseconds) + right).components
        let whole = Timestamp(seconds: seconds)
        let (sum, isTooFar) = whole.nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isTooFar ? Timestamp(nanoseconds: attoseconds < 0 ? .min : .max) : Timestamp(nanoseconds: sum)
    }

    /// Year, month 1…12, day 1…31, hour, minute, second in UTC.
    package var civil: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = Int(seconds - days * 86_400)
        // Days to civil date in the proleptic Gregorian calendar, in eras of 400 years beginning on 1 March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        let day = Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1)
        return (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
    }

    package var description: String { string(fractionDigits: 0) }

    /// RFC 3339 text such as `2026-11-21T09:30:00Z`, with 0…9 digits of the second's fraction.
    package func string(fractionDigits: Int) -> String {
        let civil = civil
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var text = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))T"
        text += "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        if fractionDigits > 0 {
            let remainder = Int(nanoseconds % 1_000_000_000)
            let fraction = padded(remainder < 0 ? remainder + 1_000_000_000 : remainder, 9)
            text += "." + fraction.prefix(min(9, fractionDigits))
        }
        return text + "Z"
    }

    /// Reads RFC 3339 in UTC (`…Z`), or a bare date, which means its midnight.
    ///
    /// Nil for anything else, for days no calendar has, and for instants that 64 bits cannot tell (outside of 1677…2262).
    package init?(_ text: String) {
        var digits: [Int] = []
        let bytes = Array(text.utf8)
        let layout = Array("dddd-dd-ddTdd:dd:dd".utf8)
        guard bytes.count == 10 || bytes.count >= 20 && bytes.last == UInt8(ascii: "Z") else { return nil }
        for (byte, expected) in zip(bytes, layout) {
            if expected == UInt8(ascii: "d") {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                digits.append(Int(byte) - 0x30)
            } else if byte != expected {
                return nil
            }
        }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            guard bytes[19] == UInt8(ascii: "."), (22...30).contains(bytes.count) else { return nil }
            let decimals = bytes[20..<bytes.count - 1]
            guard decimals.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            for index in 0..<9 {
                fraction = fraction * 10 + Int64(index < decimals.count ? decimals[20 + index] - 0x30 : 0)
            }
        }
        func number(_ from: Int, _ count: Int) -> Int {
            digits[from..<from + count].reduce(0) { $0 * 10 + $1 }
        }
        let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
        let (hour, minute, second) =
            digits.count > 8 ? (number(8, 2), number(10, 2), number(12, 2)) : (0, 0, 0)
        guard (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day), hour < 24,
            minute < 60, second < 61
        else { return nil }
        let adjusted = month <= 2 ? year - 1 : year
        let era = (adjusted >= 0 ? adjusted : adjusted - 399) / 400
        let yearOfEra = adjusted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = Int128(days * 86_400 + hour * 3600 + minute * 60 + second)
        guard let whole = Int64(exactly: seconds * 1_000_000_000 + Int128(fraction)) else { return nil }
        self.init(nanoseconds: whole)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "not an RFC 3339 instant in UTC: \(text)"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string(fractionDigits: nanoseconds % 1_000_000_000 == 0 ? 0 : 9))
    }
}
