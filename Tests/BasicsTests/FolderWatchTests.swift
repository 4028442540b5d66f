import Basics
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct FolderWatchTests {
    @Test func `a file that is written is noticed, silence is not`() throws {
        let folder = try ScratchFolder()
        let watch = try FolderWatch([folder.path, folder.path + "/none"])
        #expect(try !watch.waits(milliseconds: 0))
        try TestFiles.write([1], to: folder.path + "/a")
        #expect(try watch.waits(milliseconds: 10_000))
        while try watch.waits(milliseconds: 0) {}
        try TestFiles.write([2], to: folder.path + "/a")
        #expect(try watch.waits(milliseconds: 10_000))
        while try watch.waits(milliseconds: 0) {}
        watch.stop()
        #expect(try !watch.waits(milliseconds: -1))
    }

    @Test func `a folder that is there and cannot be watched is named, one that is not there is not`() throws
    {
        let folder = try ScratchFolder()
        try Shell.run("ln -s loop '\(folder.path)/loop'")
        let watch = try FolderWatch([folder.path + "/loop", folder.path + "/none", folder.path])
        #expect(watch.refused.map(\.subject) == [folder.path + "/loop"])
        #expect(watch.refused.first?.reason.contains("symbolic links") == true)
        try TestFiles.write([1], to: folder.path + "/a")
        #expect(try watch.waits(milliseconds: 10_000))
    }

    @Test func `a wait for quiet ends by itself, at its limit, and when it is stopped`() throws {
        let folder = try ScratchFolder()
        let watch = try FolderWatch([folder.path])
        try watch.settles(within: 0, quiet: 60_000, longest: 60_000)
        try TestFiles.write([1], to: folder.path + "/a")
        try watch.settles(within: -1, quiet: 1, longest: 60_000)
        #expect(try !watch.waits(milliseconds: 0))
        try TestFiles.write([2], to: folder.path + "/a")
        try watch.settles(within: -1, quiet: -1, longest: 0)
        watch.stop()
        try watch.settles(within: -1, quiet: -1, longest: 60_000)
    }
}
