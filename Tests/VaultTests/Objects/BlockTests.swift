import Codecs
import Testing

@testable import Vault

@Suite struct BlockTests {
    @Test func `small objects share a block, large ones have their own`() {
        var builder = BlockBuilder(kind: .content)
        #expect(builder.take() == nil && builder.isEmpty)
        #expect(builder.add([1, 2], id: PackCatalogueTests.id(1)) == nil)
        #expect(builder.add([], id: PackCatalogueTests.id(2)) == nil)
        let large = [UInt8](repeating: 5, count: BlockBuilder.lone)
        let alone = builder.add(large, id: PackCatalogueTests.id(3))
        #expect(alone?.plain == large && alone?.objects.count == 1)
        let rest = builder.take()
        #expect(rest?.plain == [1, 2] && rest?.objects.map(\.length) == [2, 0])
        #expect(builder.take() == nil)
    }

    @Test func `a block is closed at its target`() throws {
        var builder = BlockBuilder(kind: .record)
        let piece = [UInt8](repeating: 1, count: BlockBuilder.lone - 1)
        var block: PlainBlock?
        var count = 0
        while block == nil {
            block = builder.add(piece, id: PackCatalogueTests.id(UInt64(count)))
            count += 1
        }
        #expect(count == 5)
        #expect(try #require(block).plain.count == piece.count * 5)
        #expect(builder.isEmpty)
    }

    @Test(arguments: [Array("text text text text text text text text".utf8), SecureRandom.bytes(5000), []])
    func `opens only in its own place`(_ plain: [UInt8]) throws {
        let codec = try BlockCodec(sealer: Sealer(key: .random()))
        let pack = PackID.random()
        let block = PlainBlock(kind: .content, plain: plain, objects: [])
        let sealed = try codec.encode(block, pack: pack, number: 3)
        func open(_ pack: PackID, _ number: Int, _ kind: ObjectKind, _ length: Int) throws -> [UInt8] {
            try codec.decode(sealed, pack: pack, number: number, kind: kind, plainLength: length)
        }
        #expect(try open(pack, 3, .content, plain.count) == plain)
        #expect(throws: CodecError.self) { try open(pack, 4, .content, plain.count) }
        #expect(throws: CodecError.self) { try open(pack, 3, .record, plain.count) }
        #expect(throws: CodecError.self) { try open(.random(), 3, .content, plain.count) }
        #expect(throws: CodecError.self) { try open(pack, 3, .content, plain.count + 1) }
    }

    @Test func `results come in the order of the inputs`() throws {
        var pipeline = try BlockPipeline<Int, Int>(sealer: Sealer(key: .random())) { input, _ in input * 2 }
        var results: [Int] = []
        for input in 0..<50 { if let result = pipeline.submit(input) { results.append(result) } }
        while let result = pipeline.next() { results.append(result) }
        #expect(results == (0..<50).map { $0 * 2 })
    }
}
