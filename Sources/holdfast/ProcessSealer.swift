import Basics
import Codecs
import MCP

/// Seals what clients carry with a key that lives as long as this process.
struct ProcessSealer: StateSealer {
    private let sealer = Sealer(key: .random())

    func seal(_ bytes: [UInt8], for purpose: [UInt8]) -> String {
        Base64.string(sealer.seal(bytes, context: purpose))
    }

    func open(_ text: String, for purpose: [UInt8]) -> [UInt8]? {
        guard let sealed = Base64.bytes(text) else { return nil }
        return try? sealer.open(sealed, context: purpose)
    }
}
