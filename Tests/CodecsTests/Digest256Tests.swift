import Testing

@testable import Codecs

@Suite struct Digest256Tests {
    private let bytes = (0..<32).map { UInt8($0 * 7) }

    @Test func `bytes, words and text are the same thing`() throws {
        let digest = try #require(Digest256(bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.word0 == 0x0007_0E15_1C23_2A31)
        #expect(Digest256(hex: digest.hex) == digest)
        #expect(Digest256([1] + bytes, at: 1) == digest)
        var appended: [UInt8] = [1]
        digest.append(to: &appended)
        #expect(appended == [1] + bytes)
    }

    @Test func `other lengths are refused`() {
        #expect(Digest256(Array(bytes.dropLast())) == nil)
        #expect(Digest256(bytes, at: 1) == nil)
        #expect(Digest256(bytes, at: -1) == nil)
        #expect(Digest256(hex: "00") == nil)
        #expect(Digest256(hex: String(repeating: "g", count: 64)) == nil)
    }

    @Test func `is ordered like its text`() {
        let digests = (0..<50).compactMap { _ in Digest256(SecureRandom.bytes(32)) }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }
}
