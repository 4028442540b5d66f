import Basics
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of RFC 4648 in both directions`(plain: String, coded: String) {
        #expect(Base64.string(plain.utf8) == coded)
        #expect(Base64.bytes(coded) == Array(plain.utf8))
        let bare = Base64.string(plain.utf8, pads: false)
        #expect(!bare.contains("="))
        #expect(Base64.bytes(bare) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg===", "Zm9v!", "Zm 9v", "Zm9v\n", "====", "Zm-_"])
    func `anything else is refused`(text: String) {
        #expect(Base64.bytes(text) == nil)
    }
}
