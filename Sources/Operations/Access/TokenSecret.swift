import Basics
package import Codecs

/// The text a caller from outside shows: random, and kept nowhere but as a keyed hash.
package enum TokenSecret {
    /// What every secret begins with, so that scanners of leaked secrets can know it.
    package static let prefix = "hfk_"

    /// A new one, of 256 random bits.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = Base64.string(bytes, pads: false)
        return prefix + String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// What the store knows it by.
    package static func digest(_ secret: String, _ hash: KeyedHash) -> String {
        Hex.string(hash.digest(Array(secret.utf8)).bytes)
    }
}
