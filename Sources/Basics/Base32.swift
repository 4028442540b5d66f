/// Crockford's Base32: digits and letters without I, L, O and U; read in either case, with O for 0 and I or L for 1.
///
/// - SeeAlso: https://www.crockford.com/base32.html
package enum Base32 {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The text of `bytes`, upper case; five bits a character, the last one filled with zeros.
    package static func string(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(digits[Int(held >> bits & 31)])
            }
            held &= (1 << bits) - 1
        }
        if bits > 0 { text.append(digits[Int(held << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// How many characters a random name has.
    static let nameLength = 16

    /// A new name that nothing else has: sixteen small letters and digits that carry eighty random bits.
    package static func randomName() -> String {
        string((0..<nameLength * 5 / 8).map { _ in UInt8.random(in: .min ... .max) }).lowercased()
    }

    /// Whether `text` has the shape of what `randomName` gives: it is then safe as a part of paths and commands.
    package static func isRandomName(_ text: String) -> Bool {
        let alphabet = Set("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        return text.utf8.count == nameLength && text.utf8.allSatisfy(alphabet.contains)
    }

    /// The bytes that `text` spells; nil when it holds another character or its unused last bits are not zero.
    package static func bytes(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let value = value(character) else { return nil }
            held = held << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: held >> bits))
            }
            held &= (1 << bits) - 1
        }
        return held == 0 && bits < 5 ? result : nil
    }

    /// The value of a character, from 0 to 31; nil when it is none.
    static func value(_ character: UInt8) -> UInt8? {
        let isLower = character >= UInt8(ascii: "a") && character <= UInt8(ascii: "z")
        let upper = isLower ? character - 32 : character
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return digits.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}
