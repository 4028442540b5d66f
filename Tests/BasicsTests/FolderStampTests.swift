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
        let changed = try #require(try Folder.item(folder.path)).modified
        let fresh = try #require(try FolderStamp(of: folder.path, at: changed + .milliseconds(90)))
        #expect(!fresh.isSettled)
        #expect(!fresh.holds(at: fresh))
    }

    @Test func `a clock that tells whole seconds or milliseconds alone needs a longer rest`() throws {
        for time in ["2026-01-01 00:00:00", "2026-01-01 00:00:00.004"] {
            let folder = try ScratchFolder()
            try Shell.run("touch -d '\(time)' '\(folder.path)'")
            // The time of the last change of the folder's own facts is that of the system.
            let changed = try #require(try Folder.item(folder.path)).modified
            #expect(try FolderStamp(of: folder.path, at: changed + .milliseconds(200))?.isSettled == false)
            #expect(try FolderStamp(of: folder.path, at: Timestamp.furthest)?.isSettled == true)
        }
    }

    @Test func `the fingerprint is that of the names, in any order`() throws {
        let (one, other) = (try ScratchFolder(), try ScratchFolder())
        for name in ["b", "a", ".hidden", "a b"] { try one.write([], to: name) }
        for name in [".hidden", "a b", "a", "b"] { try other.write([1], to: name) }
        #expect(try FolderFingerprint(of: one.path) == FolderFingerprint(of: other.path))
        try Folder.removeFile(one.path + "/a")
        let fewer = try FolderFingerprint(of: one.path)
        #expect(try fewer != FolderFingerprint(of: other.path))
        try one.write([], to: "c")
        #expect(try FolderFingerprint(of: one.path) != FolderFingerprint(of: other.path))
        try Folder.removeFile(one.path + "/c")
        #expect(try FolderFingerprint(of: one.path) == fewer)
        #expect(try FolderFingerprint(of: one.path + "/none") == nil)
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
