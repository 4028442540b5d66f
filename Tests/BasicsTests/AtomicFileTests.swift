import Glibc
import TestSupport
import Testing

@testable import Basics

@Suite struct AtomicFileTests {
    private func mode(_ path: String) throws -> String {
        String(decoding: try Shell.output("stat -c %a '\(path)'"), as: UTF8.self)
    }

    @Test func `replaces the content and leaves nothing beside it`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/file"
        #expect(try AtomicFile.read(path) == nil)
        try AtomicFile.write([1, 2], to: path)
        try AtomicFile.write([3], to: path)
        #expect(try AtomicFile.read(path) == [3])
        #expect(try Folder.items(folder.path).map(\.name) == ["file"])
        #expect(try mode(path) == "600\n")
    }

    @Test func `a failure leaves the old file`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/file"
        try Folder.create(path)
        #expect(throws: SystemError.self) { try AtomicFile.write([1], to: path) }
        #expect(try Folder.items(folder.path).map(\.name) == ["file"])
    }

    @Test func `reads up to a limit`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/file"
        try AtomicFile.write([1, 2, 3], to: path)
        #expect(try AtomicFile.read(path, limit: 3) == [1, 2, 3])
        #expect { try AtomicFile.read(path, limit: 2) } throws: { ($0 as? SystemError)?.code == EFBIG }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["mkfifo", "mkdir", "ln -s /dev/zero"])
    func `reads no pipe, folder or device`(_ command: String) throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/file"
        try Shell.run("\(command) '\(path)'")
        #expect { try AtomicFile.read(path) } throws: { ($0 as? SystemError)?.code == ENXIO }
    }

    @Test func `modes do not depend on the umask`() throws {
        let folder = try ScratchFolder()
        try Folder.createAll(folder.path + "/a/b/c")
        #expect(try mode(folder.path + "/a/b/c") == "700\n")
        let file = try OpenFile(folder.path + "/open", .create, permissions: 0o666)
        try file.write([1])
        #expect(try mode(folder.path + "/open") == "666\n")
    }

    @Test func `a file is read at any place`() throws {
        let folder = try ScratchFolder()
        try AtomicFile.write(Array(0..<100), to: folder.path + "/file")
        let file = try OpenFile(folder.path + "/file", .read)
        #expect(try file.size() == 100)
        #expect(try file.read(at: 10, count: 3) == [10, 11, 12])
        #expect(try file.read(at: 98, count: 10) == [98, 99])
        #expect(try file.read(at: 200, count: 10) == [])
    }

    @Test func `a lock is held until its file is closed`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/lock"
        do {
            let holder = try OpenFile(path, .update)
            #expect(try holder.tryLock())
            #expect(try OpenFile(path, .update).tryLock() == false)
        }
        #expect(try OpenFile(path, .update).tryLock())
    }

    @Test func `items tell files from folders, and missing ones are no error`() throws {
        let folder = try ScratchFolder()
        try Folder.create(folder.path + "/folder")
        try AtomicFile.write([1], to: folder.path + "/file")
        let items = try Folder.items(folder.path)
        #expect(items.map(\.name) == ["file", "folder"])
        #expect(items.map(\.isFolder) == [false, true])
        #expect(try Folder.item(folder.path + "/none") == nil)
        #expect(try Folder.removeFile(folder.path + "/none") == false)
        #expect(try Folder.create(folder.path + "/folder") == false)
        #expect { try Folder.items(folder.path + "/none") } throws: { ($0 as? SystemError)?.code == ENOENT }
        #expect(AtomicFile.folder(of: "/a/b") == "/a" && AtomicFile.folder(of: "/a") == "/")
        #expect(AtomicFile.folder(of: "a") == ".")
    }
}
