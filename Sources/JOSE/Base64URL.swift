import Basics

/// Base64 with the alphabet for URLs, strict: no padding, no other character, one text for the same bytes.
///
/// - SeeAlso: RFC 7515, section 2
enum Base64URL {
    /// Nil for anything else.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.allSatisfy(isDigit) else { return nil }
        let usual = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        guard let bytes = Base64.bytes(usual) else { return nil }
        // Bits behind the last byte must be zero: else several texts would mean the same.
        return Base64.string(bytes, pads: false) == usual ? bytes : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
