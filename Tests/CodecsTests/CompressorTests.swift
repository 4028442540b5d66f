import Testing

@testable import Codecs

@Suite struct CompressorTests {
    static let texts: [[UInt8]] = [
        [], [1], Array("hello hello hello hello".utf8), [UInt8](repeating: 0, count: 2_000_000),
        SecureRandom.bytes(100_000),
    ]

    @Test(arguments: texts) func `comes back`(_ text: [UInt8]) throws {
        let frame = try Compressor().compress(text)
        #expect(try Decompressor().decompress(frame, length: text.count) == text)
        #expect(try Decompressor().decompress([9] + frame, from: 1, length: text.count) == text)
    }

    @Test func `one context serves many texts`() throws {
        let compressor = try Compressor()
        let decompressor = try Decompressor()
        for text in Self.texts {
            #expect(try decompressor.decompress(compressor.compress(text), length: text.count) == text)
        }
    }

    @Test func `another length than promised is refused`() throws {
        let frame = try Compressor().compress(Array("hello".utf8))
        for length in [0, 4, 6, 1000] {
            #expect(throws: CodecError.self) { try Decompressor().decompress(frame, length: length) }
        }
    }

    @Test func `a frame that claims to be huge allocates nothing`() throws {
        let frame = try Compressor().compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(frame.count < 10_000)
        #expect(throws: CodecError.self) { try Decompressor().decompress(frame, length: 100) }
    }

    @Test func `damaged frames are refused`() throws {
        let text = Array(String(repeating: "the quick brown fox ", count: 50).utf8)
        let frame = try Compressor().compress(text)
        for offset in frame.indices {
            var changed = frame
            changed[offset] ^= 0x10
            let result = try? Decompressor().decompress(changed, length: text.count)
            #expect(result == nil || result == text)
        }
        for length in frame.indices {
            #expect(throws: CodecError.self) {
                try Decompressor().decompress(Array(frame.prefix(length)), length: text.count)
            }
        }
    }
}
