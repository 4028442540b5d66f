import Codecs
import Testing

@testable import Vault

@Suite struct PackCatalogueTests {
    static func id(_ number: UInt64) -> ObjectID {
        ObjectID(Digest256(number &* 0x9E37_79B9_7F4A_7C15, number, 2, 3))
    }

    static let sample = PackCatalogue(blocks: [
        .init(
            kind: .content, sealedLength: 100, plainLength: 30,
            objects: [.init(id: id(1), length: 10), .init(id: id(2), length: 20)]),
        .init(kind: .record, sealedLength: 41, plainLength: 0, objects: [.init(id: id(3), length: 0)]),
    ])

    @Test func `comes back`() throws {
        var reader = ByteReader(Self.sample.encoded)
        #expect(try PackCatalogue(from: &reader) == Self.sample)
        try reader.finish()
        #expect(Self.sample.bodyLength == 24 + 141)
    }

    @Test func `any cut or changed byte is refused or read without harm`() {
        let bytes = Self.sample.encoded
        for length in bytes.indices {
            var reader = ByteReader(Array(bytes.prefix(length)))
            #expect(throws: RecordError.self) {
                _ = try PackCatalogue(from: &reader)
                try reader.finish()
            }
        }
        for offset in bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[offset] = value
                var reader = ByteReader(changed)
                _ = try? PackCatalogue(from: &reader)
            }
        }
    }

    @Test func `lengths that do not add up are refused`() {
        let wrong = PackCatalogue(blocks: [
            .init(
                kind: .content, sealedLength: 100, plainLength: 31,
                objects: [.init(id: Self.id(1), length: 10), .init(id: Self.id(2), length: 20)])
        ])
        var reader = ByteReader(wrong.encoded)
        #expect(throws: RecordError.self) { try PackCatalogue(from: &reader) }
    }

    @Test func `an index segment comes back, in portions`() throws {
        let entries = (0..<5).map { _ in IndexSegment.Entry(pack: .random(), catalogue: Self.sample) }
        let portions = IndexSegment.portions(entries)
        #expect(portions.count == 1)
        let read = try IndexSegment(portions[0].encoded)
        #expect(read.entries.map(\.pack) == entries.map(\.pack))
        #expect(read.entries.map(\.catalogue) == entries.map(\.catalogue))
        #expect(throws: RecordError.self) { try IndexSegment(portions[0].encoded + [0]) }
        #expect(IndexSegment.portions([]).isEmpty)
    }

    @Test func `a footer tells the trailer's length`() {
        let footer = PackFormat.footer(trailerLength: 77)
        #expect(footer.count == PackFormat.footerLength)
        #expect(PackFormat.trailerLength(footer: footer) == 77)
        #expect(PackFormat.trailerLength(footer: Array(footer.dropLast())) == nil)
        #expect(PackFormat.trailerLength(footer: footer.reversed()) == nil)
    }

    @Test func `a pack's name is its id`() {
        let id = PackID.random()
        #expect(PackID(hex: Substring(id.hex)) == id)
        #expect(PackID(id.bytes[...]) == id)
        #expect(PackID(hex: Substring(id.hex.uppercased())) == nil || id.hex == id.hex.uppercased())
        #expect(PackID(hex: "00") == nil)
    }
}
