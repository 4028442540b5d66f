import Testing

@testable import Codecs

@Suite struct SealerTests {
    private let sealer = Sealer(key: .random())
    private let plain = Array("attack at dawn".utf8)
    private let context = Array("somewhere".utf8)

    @Test func `what was sealed opens`() throws {
        let sealed = sealer.seal(plain, context: context)
        #expect(sealed.count == plain.count + Sealer.overhead)
        #expect(try sealer.open(sealed, context: context) == plain)
        #expect(try sealer.open([1, 2] + sealed + [3], in: 2..<sealed.count + 2, context: context) == plain)
    }

    @Test func `an empty text can be sealed`() throws {
        let sealed = sealer.seal([], context: [])
        #expect(try sealer.open(sealed, context: []) == [])
    }

    @Test func `the same text is sealed differently each time`() {
        #expect(sealer.seal(plain, context: context) != sealer.seal(plain, context: context))
    }

    @Test func `every changed bit breaks the seal`() {
        let sealed = sealer.seal(plain, context: context)
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CodecError.sealBroken) { try sealer.open(changed, context: context) }
        }
    }

    @Test func `another key, another context or a missing end breaks the seal`() {
        let sealed = sealer.seal(plain, context: context)
        #expect(throws: CodecError.sealBroken) { try Sealer(key: .random()).open(sealed, context: context) }
        #expect(throws: CodecError.sealBroken) { try sealer.open(sealed, context: []) }
        for length in 0..<sealed.count {
            #expect(throws: CodecError.sealBroken) {
                try sealer.open(Array(sealed.prefix(length)), context: context)
            }
        }
    }
}
