import Glibc
import TestSupport
import Testing

@testable import Basics

@Suite("Streams of a protocol")
struct ProtocolStreamTests {
    @Test func `a pipe takes at once what fits into it, and no more`() throws {
        let pipe = try PipeEnds()
        let stream = ProtocolStream(pipe.writing)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let done = stream.writeAtOnce(bytes)
        #expect(done > 4096 && done < bytes.count)
        #expect(stream.writeAtOnce(bytes) == 0)
        var read: [UInt8] = []
        let reader = ProtocolStream(pipe.reading)
        while read.count < done { read += try reader.read(limit: 1 << 16) }
        #expect(read.elementsEqual(bytes.prefix(done)))
    }

    @Test func `a pipe that nobody reads takes nothing, and writing to it tells why`() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let stream = ProtocolStream(ends[1])
        #expect(stream.writeAtOnce([1, 2, 3]) == 0)
    }

    @Test func `of what is no pipe nothing is known`() throws {
        let folder = try ScratchFolder()
        try TestFiles.write([], to: folder.path + "/file")
        let file = unsafe open(folder.path + "/file", O_WRONLY)
        defer { close(file) }
        #expect(ProtocolStream(file).writeAtOnce([1, 2, 3]) == 0)
        #expect(TestFiles.bytes(at: folder.path + "/file") == [])
    }
}
