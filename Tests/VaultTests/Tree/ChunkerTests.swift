import Codecs
import Testing

@testable import Vault

@Suite struct ChunkerTests {
    private static let chunker = Chunker(key: KeyedHash(key: .random()))
    private static let data = SecureRandom.bytes(20_000_000)

    private static func cuts(_ bytes: [UInt8], _ chunker: Chunker) -> [Int] {
        var lengths: [Int] = []
        var start = 0
        while start < bytes.count, let length = chunker.cut(bytes, from: start, isLast: true) {
            lengths.append(length)
            start += length
        }
        return lengths
    }

    @Test func `chunks are bounded and about a mebibyte`() {
        let lengths = Self.cuts(Self.data, Self.chunker)
        #expect(lengths.reduce(0, +) == Self.data.count)
        #expect(lengths.dropLast().allSatisfy { $0 >= Chunker.smallest && $0 <= Chunker.largest })
        #expect((10...40).contains(lengths.count))
    }

    @Test func `an insertion changes the chunks near it only`() {
        let before = Set(Self.chunks(Self.data))
        let after = Self.chunks(Array(Self.data[..<5_000_000]) + [1, 2, 3] + Self.data[5_000_000...])
        #expect(after.count { !before.contains($0) } <= 3)
    }

    private static func chunks(_ bytes: [UInt8]) -> [[UInt8]] {
        var start = 0
        return cuts(bytes, chunker).map { length in
            defer { start += length }
            return Array(bytes[start..<start + length])
        }
    }

    @Test func `another key cuts elsewhere`() {
        #expect(
            Self.cuts(Self.data, Self.chunker)
                != Self.cuts(Self.data, Chunker(key: KeyedHash(key: .random()))))
    }

    @Test func `zeros are cut at the largest length`() {
        let lengths = Self.cuts([UInt8](repeating: 0, count: 9_000_000), Self.chunker)
        #expect(
            lengths.first == Chunker.largest || lengths.allSatisfy { $0 == lengths[0] || $0 < lengths[0] })
    }

    @Test(arguments: [1, 4096, 100_000, 3_000_000, 30_000_000])
    func `how a content arrives does not matter`(_ step: Int) throws {
        let data = Array(Self.data.prefix(7_000_001))
        let hash = KeyedHash(key: .random())
        let store: ContentStream.Store = { bytes, _ in ObjectID(hash.digest(bytes)) }
        var whole = ContentStream(kind: .content)
        let expected = try whole.finish(data, chunker: Self.chunker, store: store)
        #expect(expected.count > 2)
        var stream = ContentStream(kind: .content)
        let limit = step == 1 ? 600_000 : data.count
        if step == 1 {
            for byte in data.prefix(limit) { try stream.append([byte], chunker: Self.chunker, store: store) }
            try stream.append(Array(data.dropFirst(limit)), chunker: Self.chunker, store: store)
        } else {
            for start in stride(from: 0, to: data.count, by: step) {
                let piece = Array(data[start..<min(start + step, data.count)])
                try stream.append(piece, chunker: Self.chunker, store: store)
            }
        }
        #expect(try stream.finish([], chunker: Self.chunker, store: store) == expected)
    }

    @Test(arguments: [(0, 0), (1, 1), (Chunker.threshold - 1, 1), (Chunker.threshold, 1)])
    func `small contents are one object`(_ length: Int, _ least: Int) throws {
        let hash = KeyedHash(key: .random())
        var stream = ContentStream(kind: .content)
        let pieces = try stream.finish(
            Array(Self.data.prefix(length)), chunker: Self.chunker,
            store: { bytes, _ in ObjectID(hash.digest(bytes)) })
        #expect(pieces.reduce(0) { $0 + $1.length } == length)
        #expect(length < Chunker.threshold ? pieces.count == least : pieces.count >= least)
    }
}
