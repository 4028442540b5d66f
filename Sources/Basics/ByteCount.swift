/// A number of bytes; prints in units of 1024 as people read them (`1.5 MiB`).
package struct ByteCount: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number itself.
    package let bytes: Int64

    package init(_ bytes: some BinaryInteger) { self.bytes = Int64(clamping: bytes) }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// The sum, or the nearest number that 64 bits hold.
    package static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        let (sum, isTooLarge) = left.bytes.addingReportingOverflow(right.bytes)
        return ByteCount(isTooLarge ? (left.bytes < 0 ? .min : .max) : sum)
    }

    package var description: String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while value >= 1023.95, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

extension ByteCount: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
