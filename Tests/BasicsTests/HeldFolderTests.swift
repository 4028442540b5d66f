import TestSupport
import Testing

@testable import Basics

/// Folders that somebody swaps for links while files go into them.
@Suite struct HeldFolderTests {
    private let scratch: ScratchFolder
    /// Without links, as the folder for temporary files need not be.
    private let root: String

    init() throws {
        scratch = try ScratchFolder()
        root = try Folder.realPath(scratch.path)
        try Shell.run("cd '\(root)' && mkdir mine theirs && echo old >mine/file && echo secret >theirs/file")
    }

    private var path: String { root + "/mine/file" }

    private func swap() throws { try Shell.run("cd '\(root)' && mv mine was && ln -s theirs mine") }

    private func output(_ command: String) throws -> String {
        String(decoding: try Shell.output("cd '\(root)' && \(command)"), as: UTF8.self)
    }

    private let bytes = Array("new\n".utf8)

    @Test func `a link on the way is not followed, and is told as one`() throws {
        try swap()
        for place in ["mine", "mine/deeper", "mine/file"] {
            let error = #expect(throws: SystemError.self) { _ = try HeldFolder("\(root)/\(place)") }
            #expect(error?.meansCircle == true, "\(place): \(String(describing: error))")
            let making = #expect(throws: SystemError.self) {
                _ = try HeldFolder(making: "\(root)/\(place)", owner: nil)
            }
            #expect(making?.meansCircle == true, "\(place): \(String(describing: making))")
        }
        #expect(try output("ls theirs") == "file\n")
        let file = #expect(throws: SystemError.self) { _ = try HeldFolder("\(root)/was/file") }
        #expect(file?.meansAbsence == true)
    }

    @Test func `folders are made as said, whatever the umask`() throws {
        let folder = try HeldFolder(making: root + "/a/b", permissions: 0o755, owner: nil)
        try folder.sync()
        #expect(try output("stat -c %a a a/b") == "755\n755\n")
        #expect(try folder.names().isEmpty)
    }

    @Test func `what was read is not written where a link leads meanwhile`() throws {
        let read = try #require(try FileSnapshot.read(path))
        try swap()
        #expect(throws: ReplacementError.changed(path)) { try read.replace(with: bytes) }
        #expect(throws: ReplacementError.changed(path)) { try read.replace(byLinkTo: "elsewhere") }
        #expect(throws: ReplacementError.changed(path)) { try read.remove() }
        #expect(throws: ReplacementError.changed(root + "/mine/new")) {
            try FileSnapshot.create(bytes, at: root + "/mine/new")
        }
        #expect(throws: SystemError.self) { try FileSnapshot.read(path, throughLinks: false) }
        #expect(
            try output("cat theirs/file was/file; ls -A theirs was")
                == "secret\nold\ntheirs:\nfile\n\nwas:\nfile\n")
    }

    @Test func `a write that has begun ends in the folder in which it began`() throws {
        let read = try #require(try FileSnapshot.read(path))
        try read.replace(with: bytes) { moment in
            if case .written = moment { #expect(throws: Never.self) { try swap() } }
        }
        #expect(
            try output("cat theirs/file was/file; ls -A theirs was")
                == "secret\nnew\ntheirs:\nfile\n\nwas:\nfile\n")
    }

    @Test func `leftovers are not looked for where a link leads`() throws {
        let name = ".file.\(Base32.randomName()).tmp"
        try Shell.run("cd '\(root)' && touch theirs/\(name) mine/\(name)")
        FileSnapshot.removeLeftovers(of: path, now: Int.max)
        #expect(try output("ls -A mine") == "file\n")
        try swap()
        FileSnapshot.removeLeftovers(of: path, now: Int.max)
        #expect(try output("ls -A theirs") == "\(name)\nfile\n")
    }

    @Test(.enabled(if: !ProcessEnvironment.isRoot, "root may read every folder"))
    func `a folder that may be written and not read takes files`() throws {
        let read = try #require(try FileSnapshot.read(path))
        try Shell.run("chmod 300 '\(root)/mine'")
        try read.replace(with: bytes)
        try Shell.run("chmod 700 '\(root)/mine'")
        #expect(try output("cat mine/file") == "new\n")
    }

    @Test func `a link in a folder turns in one step`() throws {
        let folder = try HeldFolder(of: path)
        try folder.makeLink("link", to: "file")
        #expect(throws: SystemError.self) { try folder.makeLink("link", to: "other") }
        try folder.replaceLink("link", with: "other")
        #expect(try folder.linkTarget("link") == "other")
        #expect(try Set(folder.names()) == ["file", "link"])
        let error = #expect(throws: SystemError.self) { _ = try folder.open("link") }
        #expect(error?.meansCircle == true)
        try folder.remove("link")
        try folder.remove("link")
        #expect(try folder.names() == ["file"])
    }
}
