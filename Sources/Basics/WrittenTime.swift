/// Times, and names made of a time and chance, as this program writes them: lists are full of them, nobody chose what is in
/// them, and to look through each for secrets takes longer than to make the list.
enum WrittenTime {
    /// `d` stands for a digit.
    private static let second = Array("dddd-dd-ddTdd:dd:dd".utf8)
    private static let name = Array("ddddddddTddddddZ-".utf8)
    /// How many small letters and digits follow in a name.
    private static let chance = 12

    /// Whether `text` is `2026-11-21T09:30:00Z`, perhaps with a fraction, or `20261121T093000Z-4h9k2mzq7xbt`.
    static func isWhole(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (20...30).contains(bytes.count) else { return false }
        if matches(bytes, second) {
            let rest = bytes.dropFirst(second.count)
            guard rest.last == UInt8(ascii: "Z") else { return false }
            let fraction = rest.dropLast()
            return fraction.isEmpty
                || fraction.first == UInt8(ascii: ".") && fraction.count > 1
                    && fraction.dropFirst().allSatisfy(isDigit)
        }
        return bytes.count == name.count + chance && matches(bytes, name)
            && bytes.dropFirst(name.count).allSatisfy(isPlain)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func matches(_ bytes: String.UTF8View, _ layout: [UInt8]) -> Bool {
        zip(bytes, layout).allSatisfy { $1 == UInt8(ascii: "d") ? isDigit($0) : $0 == $1 }
    }
}
