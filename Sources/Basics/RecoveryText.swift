import CSodium

/// The text of a vault's key: 56 characters of `Base32`, of which the last ones check the others.
///
/// However it is spelled, it is the same key: only letters and digits count, in either case, with O for 0 and I or L
/// for 1, in groups of any size and with anything between them. Whoever reads a key and whoever hides one ask here.
package enum RecoveryText {
    /// How the text begins that a recovery kit shows.
    package static let prefix = "holdfast-key-1:"
    /// How many characters it has.
    package static let length = 56
    /// How many bytes the key has, and how many check them.
    package static let (keyLength, checkLength) = (32, 3)
    /// What the check is a hash of, and the subkey under which it is made: number 0 of this context.
    package static let (checked, context): (StaticString, StaticString) = ("recovery text", "HFvault1")

    /// The characters of `text` that count, without the prefix.
    package static func characters(of text: String) -> String {
        let plain = text.filter { !$0.isWhitespace }
        let hasPrefix = plain.lowercased().hasPrefix(prefix)
        let rest = hasPrefix ? plain.dropFirst(prefix.count) : plain[...]
        return String(rest.filter { $0.isLetter || $0.isNumber })
    }

    /// Whether the characters with these values, each of five bits, are a key and the check that belongs to it.
    static func isKey(_ values: some Sequence<UInt8>) -> Bool {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(keyLength + checkLength)
        var (held, bits): (UInt32, UInt32) = (0, 0)
        for value in values {
            held = held << 5 | UInt32(value)
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: held >> bits))
            held &= (1 << bits) - 1
        }
        return bytes.count == keyLength + checkLength
            && check(Array(bytes.prefix(keyLength))) == Array(bytes.suffix(checkLength))
    }

    /// The bytes that check a key of `keyLength` bytes.
    ///
    /// - SeeAlso: libsodium's `crypto_kdf` and `crypto_generichash`.
    static func check(_ key: [UInt8]) -> [UInt8] {
        precondition(key.count == keyLength, "a key has \(keyLength) bytes")
        var subkey = [UInt8](repeating: 0, count: keyLength)
        var digest = [UInt8](repeating: 0, count: keyLength)
        var name = Array("\(context)".utf8).map { CChar(bitPattern: $0) }
        let text = Array("\(checked)".utf8)
        let isDerived = unsafe crypto_kdf_derive_from_key(&subkey, subkey.count, 0, &name, key) == 0
        let isHashed =
            unsafe crypto_generichash(
                &digest, digest.count, text, UInt64(text.count), subkey, subkey.count) == 0
        precondition(isDerived && isHashed, "libsodium refused its own constants")
        unsafe sodium_memzero(&subkey, subkey.count)
        return Array(digest.prefix(checkLength))
    }
}
