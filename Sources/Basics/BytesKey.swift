/// Bytes, such as a path's, as the key of a table; an array hashes each of its bytes for itself, which takes many times as
/// long.
package struct BytesKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
