/// Base64 of RFC 4648 with the alphabet of section 4.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text that spells `bytes`, padded with `=` to a multiple of four when `pads`.
    package static func string(_ bytes: some Sequence<UInt8>, pads: Bool = true) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        while pads, !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` spells, with or without padding; nil for any other character, white space included.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var units = Array(text.utf8)[...]
        while units.last == UInt8(ascii: "="), text.utf8.count - units.count < 2 { units.removeLast() }
        guard units.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(units.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for unit in units {
            guard let value = value(of: unit) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }

    private static func value(of unit: UInt8) -> UInt8? {
        switch unit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): unit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): unit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
