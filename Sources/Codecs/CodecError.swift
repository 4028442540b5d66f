/// Why bytes could not be turned into other bytes.
package enum CodecError: Error, Equatable, CustomStringConvertible {
    /// The seal does not fit: the bytes were changed, the key is another one, or they belong elsewhere.
    case sealBroken
    /// Compressed data that is damaged or does not have the promised length.
    case notDecompressible(String)
    /// The C library refused; its own words.
    case library(String)

    package var description: String {
        switch self {
        case .sealBroken: "the seal is broken"
        case .notDecompressible(let reason): "the compressed data is damaged (\(reason))"
        case .library(let reason): reason
        }
    }
}
