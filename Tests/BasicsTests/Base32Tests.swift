import Testing

@testable import Basics

@Suite struct Base32Tests {
    @Test(
        arguments: [
            ([], ""), ([0], "00"), ([255], "ZW"), ([1, 2, 3, 4, 5], "04106105"), ([250, 251, 252], "ZBXZR"),
        ] as [([UInt8], String)])
    func `known texts`(_ bytes: [UInt8], _ text: String) {
        #expect(Base32.string(bytes) == text)
        #expect(Base32.bytes(text) == bytes)
    }

    @Test func `every length comes back`() {
        for length in 0..<40 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
            let text = Base32.string(bytes)
            #expect(Base32.bytes(text) == bytes)
            #expect(Base32.bytes(text.lowercased()) == bytes)
        }
    }

    @Test func `letters that look alike are read alike`() {
        #expect(Base32.bytes("OoIiLl11") == Base32.bytes("00111111"))
    }

    @Test(arguments: ["U0", "0!", "Z", "ZZ", "é0"]) func `others are refused`(_ text: String) {
        #expect(Base32.bytes(text) == nil)
    }
}
