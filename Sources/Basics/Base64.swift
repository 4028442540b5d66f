/// Base64 with the standard alphabet and padding.
///
/// - SeeAlso: RFC 4648, section 4.
package enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8: UInt32] = Dictionary(
        uniqueKeysWithValues: digits.enumerated().map { ($1, UInt32($0)) })

    /// The text of `bytes`; without the `=` at its end unless `isPadded`.
    package static func string(_ bytes: [UInt8], isPadded: Bool = true) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32((3 - group.count) * 8)
            for position in 0...group.count {
                text.append(digits[Int(bits >> UInt32(18 - 6 * position) & 63)])
            }
            if isPadded { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - group.count)) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` spells, padded; nil when it is no Base64 in its one proper form.
    package static func bytes(_ text: String) -> [UInt8]? {
        let units = Array(text.utf8)
        guard units.count.isMultiple(of: 4) else { return nil }
        let padding = units.suffix(2).count { $0 == UInt8(ascii: "=") }
        var result: [UInt8] = []
        result.reserveCapacity(units.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, unit) in units.dropLast(padding).enumerated() {
            guard let value = values[unit] else { return nil }
            bits = bits << 6 | value
            guard index % 4 == 3 else { continue }
            for shift: UInt32 in [16, 8, 0] { result.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            bits = 0
        }
        switch padding {
        case 1:
            guard bits & 3 == 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: bits >> 10))
            result.append(UInt8(truncatingIfNeeded: bits >> 2))
        case 2:
            guard bits & 15 == 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: bits >> 4))
        default: break
        }
        return result
    }
}
