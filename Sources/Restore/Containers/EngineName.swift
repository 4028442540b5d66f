/// Names that an engine could have given; everything else a backup may hold is refused.
package enum EngineName {
    /// Whether `text` can be the name of a container, network or volume.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 255 else {
            return false
        }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    /// Whether `text` can be the name, tag, digest or id of an image.
    package static func isReference(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 512 else {
            return false
        }
        let others = Array("_.:/@+-".utf8)
        return text.utf8.allSatisfy { isLetterOrDigit($0) || others.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
