import Basics
import Testing

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648, section 10.
    static let known = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("agrees with the standard", arguments: known)
    func agrees(_ plain: String, _ encoded: String) {
        #expect(Base64.string(Array(plain.utf8)) == encoded)
        #expect(Base64.string(Array(plain.utf8), pads: false) == String(encoded.prefix { $0 != "=" }))
        #expect(Base64.bytes(encoded) == Array(plain.utf8))
        #expect(Base64.bytes(encoded.filter { $0 != "=" }) == Array(plain.utf8))
    }

    @Test("gives back every byte at every place")
    func givesBack() {
        for length in 0..<48 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length * 101) }
            #expect(Base64.bytes(Base64.string(bytes)) == bytes)
        }
    }

    @Test(
        "refuses what is no Base64",
        arguments: ["Z", "Zm 9", "Zm9v\n", "====", "Zg====", "Z===", "Zm9-"])
    func refuses(_ text: String) {
        #expect(Base64.bytes(text) == nil)
    }
}
