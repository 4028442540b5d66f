/// SHA-256 of what a step gives, as a device's `sha256sum` prints it: 64 hexadecimal digits.
///
/// It keeps what is unchanged from being sent again. It protects nothing: a device can say of itself what it likes.
package struct OutputDigest: Sendable, Hashable {
    /// Lower-case digits.
    package let text: String

    /// What a script brings of it: 128 bits tell two outputs apart, and two thousand bytes less fit what a connection sends
    /// before the first answer (RFC 6928).
    var beginning: Substring { text.prefix(32) }

    /// Nil unless `text` is 64 lower-case hexadecimal digits; it becomes part of a shell script.
    package init?(_ text: String) {
        let isHexadecimal = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard text.utf8.count == 64, isHexadecimal else { return nil }
        self.text = text
    }

    /// What a step adds to its output before it is hashed, so that its status counts too.
    package static func ending(status: Int32) -> [UInt8] { Array("\nhf_status=\(status)\n".utf8) }
}
