import Basics
import Testing

@testable import Codecs

@Suite struct PlainHashTests {
    /// From FIPS 180-4's examples and coreutils' `sha256sum`.
    static let vectors: [(text: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: vectors) func `agrees with another implementation, however the text is cut`(
        _ text: String, _ digest: String
    ) {
        var (whole, pieces) = (PlainHash(), PlainHash())
        let bytes = Array(text.utf8)
        whole.update(bytes[...])
        for start in stride(from: 0, to: bytes.count, by: 77) {
            pieces.update(bytes[start..<min(bytes.count, start + 77)])
        }
        #expect(whole.hex() == digest && pieces.hex() == digest)
        #expect(whole.hex() == digest, "asking does not change it")
    }
}
