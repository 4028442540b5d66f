import Testing

@testable import Vault

@Suite struct ByteReaderTests {
    @Test(arguments: [0, 1, 127, 128, 300, 1 << 32, UInt64(Int64.max), .max] as [UInt64])
    func `varints come back`(_ value: UInt64) throws {
        var writer = ByteWriter()
        writer.append(varint: value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.varint() == value)
        try reader.finish()
    }

    @Test(arguments: [0, -1, 1, -2, 63, -64, 1 << 40, .max, .min] as [Int64])
    func `signed numbers come back`(_ value: Int64) throws {
        var writer = ByteWriter()
        writer.append(zigzag: value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.zigzag() == value)
    }

    @Test func `small signed numbers are short`() {
        for value: Int64 in -64...63 {
            var writer = ByteWriter()
            writer.append(zigzag: value)
            #expect(writer.bytes.count == 1)
        }
    }

    @Test(
        arguments: [
            [], [0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        ] as [[UInt8]])
    func `impossible varints are refused`(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: RecordError.self) { try reader.varint() }
    }

    @Test func `nothing is read beyond the end`() throws {
        var reader = ByteReader([1, 2, 3])
        #expect(throws: RecordError.self) { try reader.slice(4) }
        #expect(throws: RecordError.self) { try reader.slice(-1) }
        #expect(throws: RecordError.self) { try reader.fixed32() }
        #expect(throws: RecordError.self) { try reader.objectID() }
        #expect(throws: RecordError.self) { try reader.finish() }
        #expect(try reader.slice(3).elementsEqual([1, 2, 3]))
        #expect(throws: RecordError.self) { try reader.byte() }
        try reader.finish()
    }

    @Test func `a count beyond its limit is refused`() {
        var writer = ByteWriter()
        writer.append(varint: 100)
        var reader = ByteReader(writer.bytes)
        #expect(throws: RecordError.self) { try reader.count(limit: 99) }
        var counted = ByteReader(writer.bytes)
        #expect(throws: RecordError.self) { try counted.counted() }
    }
}
