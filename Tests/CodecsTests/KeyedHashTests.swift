import Basics
import Testing

@testable import Codecs

@Suite struct KeyedHashTests {
    private static let key = Array<UInt8>(0..<32)

    /// Computed with Python's `hashlib.blake2b(text, digest_size=32, key=bytes(range(32)))`.
    static let vectors: [(text: String, digest: String)] = [
        ("", "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d"),
        ("abc", "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"),
        (
            String(repeating: "x", count: 1000),
            "b825f3d0a88228dbabfea5a7bfa36dbf1bfca018062353e25ba636d2a46a7c39"
        ),
    ]

    @Test(arguments: vectors) func `agrees with another implementation`(
        _ text: String, _ digest: String
    ) throws {
        let hash = KeyedHash(key: try #require(SecretKey(Self.key)))
        let bytes = Array(text.utf8)
        #expect(hash.digest(bytes).hex == digest)
        #expect(hash.digest([9] + bytes + [9, 9], 1..<bytes.count + 1).hex == digest)
    }

    @Test func `another key gives another digest`() {
        #expect(KeyedHash(key: .random()).digest([1]) != KeyedHash(key: .random()).digest([1]))
    }

    /// BLAKE2b with the number as salt and the context as personalisation.
    @Test func `a subkey agrees with another implementation`() throws {
        let key = try #require(SecretKey(Self.key))
        #expect(
            Hex.string(key.subkey(7, context: "HFvault1").exposed)
                == "61999b11c79a438cae2140230e1192bb4c4317802fdbd4252c7f14786b0b1ef6")
        #expect(key.subkey(1, context: "HFvault1").exposed != key.subkey(2, context: "HFvault1").exposed)
    }

    @Test func `a key has exactly 32 bytes and does not show`() throws {
        #expect(SecretKey([1, 2, 3]) == nil)
        let key = try #require(SecretKey(Self.key))
        #expect(key.exposed == Self.key)
        #expect("\(key)" == "‹hidden›")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped == "- ‹hidden› #0\n")
    }
}
