import Basics
import TestSupport
import Testing

@Suite struct RemoveTreeTests {
    @Test func `everything goes, whatever its name and mode, and nothing outside`() throws {
        let scratch = try ScratchFolder()
        try Shell.run(
            """
            cd '\(scratch.path)' && mkdir keep tree && echo x >keep/file && cd tree
            mkdir -p a/b/c 'a b' closed && echo 1 >"$(printf 'n\\377\\nx')" && echo 2 >a/b/c/-rf && ln -s ../../keep a/link
            ln -s nowhere broken && mkfifo pipe && echo 3 >closed/file && chmod 0 closed && ln ../keep/file hard
            """)
        try Folder.removeTree(scratch.path + "/tree")
        #expect(try Folder.items(scratch.path).map(\.name) == ["keep"])
        #expect(TestFiles.bytes(at: scratch.path + "/keep/file") == Array("x\n".utf8))
    }

    @Test func `paths longer than the kernel takes at once go too`() throws {
        let scratch = try ScratchFolder()
        try Shell.run(
            """
            mkdir '\(scratch.path)/tree' && cd '\(scratch.path)/tree' && n=$(printf 'd%.0s' $(seq 200))
            for i in $(seq 40); do mkdir "$n" && cd -P "$n"; done; echo x >file
            """)
        try Folder.removeTree(scratch.path + "/tree")
        #expect(try Folder.items(scratch.path).isEmpty)
    }

    @Test func `a folder that is not there is none to remove; a link is not followed`() throws {
        let scratch = try ScratchFolder()
        try Folder.removeTree(scratch.path + "/none")
        try Shell.run("cd '\(scratch.path)' && mkdir keep && echo x >keep/file && ln -s keep link")
        #expect(throws: SystemError.self) { try Folder.removeTree(scratch.path + "/link") }
        #expect(TestFiles.bytes(at: scratch.path + "/keep/file") != nil)
    }

    @Test func `there is room, and none where nothing is`() throws {
        #expect(try FreeSpace.bytes(at: "/") > 0)
        #expect(throws: SystemError.self) { try FreeSpace.bytes(at: "/nonexistent/folder") }
    }
}
