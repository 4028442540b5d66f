import Basics
import TestSupport
import Testing

@Suite("Writing below one folder")
struct TreeWriterTests {
    private func path(_ text: String) -> [[UInt8]] { text.split(separator: "/").map { Array($0.utf8) } }

    private let metadata = TreeWriter.Metadata(mode: 0o640, owner: nil, modified: 1_000_000_000_123_456_789)

    @Test("Defect 16: a link never leads out of the folder")
    func links() throws {
        let outside = try ScratchFolder()
        let inside = try ScratchFolder()
        var writer = try TreeWriter(inside.path)
        try writer.makeLink(path("etc"), target: Array(outside.path.utf8), owner: nil, modified: 0)
        #expect(throws: SystemError.self) { try writer.createFile(path("etc/pwned")) }
        #expect(throws: SystemError.self) { try writer.makeFolder(path("etc/sub")) }
        try writer.makeLink(path("file"), target: Array((outside.path + "/x").utf8), owner: nil, modified: 0)
        #expect(throws: SystemError.self) { try writer.createFile(path("file")) }
        #expect(try Shell.output("find '\(outside.path)' -mindepth 1") == [])
    }

    @Test(
        "Defect 16: names that are no plain names are refused",
        arguments: [[[0x2E, 0x2E], [0x61]], [[0x2E]], [[]], [[0x61, 0x2F, 0x62]], [[0x61, 0x00]]]
            as [[[UInt8]]])
    func names(components: [[UInt8]]) throws {
        let folder = try ScratchFolder()
        let writer = try TreeWriter(folder.path)
        #expect(throws: SystemError.self) { try writer.makeFolder(components) }
        #expect(try Shell.output("find '\(folder.path)' -mindepth 1") == [])
    }

    @Test("A file gets its length, mode and time, and holes where nothing was written")
    func file() throws {
        let folder = try ScratchFolder()
        var writer = try TreeWriter(folder.path)
        let file = try writer.createFile(path("a/b/c"))
        try file.write([1, 2, 3], at: 1_000_000)
        try file.finish(size: 2_000_000, metadata: metadata)
        let facts = try Shell.output("stat -c '%s %a %.9Y' '\(folder.path)/a/b/c'")
        #expect(String(decoding: facts, as: UTF8.self) == "2000000 640 1000000000.123456789\n")
        let blocks = try Shell.output("stat -c %b '\(folder.path)/a/b/c'")
        #expect((Int(String(decoding: blocks, as: UTF8.self).filter(\.isNumber)) ?? .max) < 100)
        #expect(throws: SystemError.self) { try writer.createFile(path("a/b/c")) }
    }

    @Test("The first and the last time there are can be set", arguments: [Int64.min, .max])
    func farTimes(_ time: Int64) throws {
        let folder = try ScratchFolder()
        var writer = try TreeWriter(folder.path)
        try writer.makePipe(path("p"), mode: 0o600, owner: nil, modified: time)
        let facts = try Shell.output("stat -c %Y '\(folder.path)/p'")
        let seconds = Int64(String(decoding: facts, as: UTF8.self).filter { $0 != "\n" })
        // A file system that cannot keep such a time takes the nearest one that it can.
        #expect((try #require(seconds) > 0) == (time > 0))
    }

    @Test("Links, pipes and folders keep their times")
    func others() throws {
        let folder = try ScratchFolder()
        var writer = try TreeWriter(folder.path)
        try writer.makeFolder(path("d"))
        try writer.makeLink(
            path("d/l"), target: Array("nowhere".utf8), owner: nil, modified: 1_000_000_000_000_000_000)
        try writer.makePipe(path("d/p"), mode: 0o600, owner: nil, modified: 1_000_000_000_000_000_000)
        try writer.finishFolder(path("d"), metadata: metadata)
        let facts = try Shell.output("cd '\(folder.path)' && find d -printf '%p %y %m %Ts\\n' | sort")
        #expect(
            String(decoding: facts, as: UTF8.self)
                == "d d 640 1000000000\nd/l l 777 1000000000\nd/p p 600 1000000000\n")
    }
}
