import TestSupport
import Testing

@testable import Basics

@Suite struct FolderStampTests {
    private func stamp(_ path: String, after seconds: Int) throws -> FolderStamp {
        let changed = try #require(try Folder.item(path)).modified
        return try #require(try FolderStamp(of: path, at: changed + .seconds(seconds)))
    }

    @Test func `a folder that changed just now could change again within the same moment`() throws {
        let folder = try ScratchFolder()
        let fresh = try stamp(folder.path, after: 1)
        #expect(!fresh.isSettled)
        #expect(!fresh.holds(at: fresh))
    }

    @Test func `one that rested for a while stays the same until a name comes, goes or changes`() throws {
        let folder = try ScratchFolder()
        try folder.write([1], to: "first")
        let settled = try stamp(folder.path, after: 60)
        #expect(settled.isSettled)
        #expect(settled.holds(at: try #require(try FolderStamp(of: folder.path))))
        // What changes in a file is none of the folder's.
        let file = try OpenFile(folder.path + "/first", .update)
        try file.write([2])
        #expect(settled.holds(at: try #require(try FolderStamp(of: folder.path))))
        // A clock of a file system stands still for a moment: wait until it went on.
        var later = try #require(try FolderStamp(of: folder.path))
        while settled.holds(at: later) {
            try folder.write([1], to: "second")
            try Folder.removeFile(folder.path + "/second")
            later = try #require(try FolderStamp(of: folder.path))
        }
    }

    @Test func `another folder in its place is another, and none has no stamp`() throws {
        let (one, other) = (try ScratchFolder(), try ScratchFolder())
        let stamp = try stamp(one.path, after: 60)
        #expect(!stamp.holds(at: try #require(try FolderStamp(of: other.path))))
        #expect(try FolderStamp(of: one.path + "/none") == nil)
    }

    @Test func `names are told without a look at what they name`() throws {
        let folder = try ScratchFolder()
        for name in ["b", "a", ".hidden"] { try folder.write([], to: name) }
        #expect(try Folder.names(folder.path).sorted() == [".hidden", "a", "b"])
        #expect(try Folder.items(folder.path).map(\.name) == [".hidden", "a", "b"])
    }
}
