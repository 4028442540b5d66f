/// The name a person gave a device: a letter or digit, then letters, digits, `.`, `_` or `-`; 1…63 characters.
package struct DeviceName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name of the machine Holdfast itself runs on.
    package static let local = DeviceName(trusted: "local")

    /// The name as text.
    package let text: String

    /// Nil when `text` is no well-formed name.
    package init?(_ text: String) {
        guard (1...63).contains(text.utf8.count), let first = text.utf8.first, Self.isAlphanumeric(first),
            text.utf8.allSatisfy({ Self.isAlphanumeric($0) || "._-".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    package static func < (left: DeviceName, right: DeviceName) -> Bool { left.text < right.text }

    package var description: String { text }
}

extension DeviceName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = DeviceName(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "‘\(text)’ is no device name"))
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
