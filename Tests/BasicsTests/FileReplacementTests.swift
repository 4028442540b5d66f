@testable import Basics
import TestSupport
import Testing

@Suite struct FileReplacementTests {
    private let folder: ScratchFolder
    private var path: String { folder.path + "/file.json" }

    init() throws { folder = try ScratchFolder() }

    private func content(_ name: String = "file.json") -> String? {
        TestFiles.bytes(at: folder.path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func read() throws -> FileSnapshot { try #require(try FileSnapshot.read(path)) }

    private func output(_ command: String) throws -> String {
        String(decoding: try Shell.output(command), as: UTF8.self)
    }

    /// All names in the folder, hidden ones too.
    private func names() throws -> [String] { try Folder.items(folder.path).map(\.name) }

    @Test func `what a folder gives to new files is no part of one that is put there`() throws {
        try folder.write(Array("old".utf8), to: "file.json")
        try Shell.run("chmod 640 '\(path)'")
        // An access list for new files of the folder: an account 77 may read them.
        let entries: [(tag: UInt8, rights: UInt8, id: UInt8)] = [
            (1, 7, 0xFF), (2, 5, 77), (4, 5, 0xFF), (0x10, 5, 0xFF), (0x20, 0, 0xFF),
        ]
        let list = entries.flatMap { entry -> [UInt8] in
            let id: [UInt8] = entry.id == 77 ? [77, 0, 0, 0] : [0xFF, 0xFF, 0xFF, 0xFF]
            return [entry.tag, 0, entry.rights, 0] + id
        }
        let names = Array("system.posix_acl_default".utf8)
        let directory = try OpenFile(folder.path, .read)
        // Not every disk has such lists.
        guard
            (try? FileAttribute(nameBytes: names, value: [2, 0, 0, 0] + list)
                .set(on: directory.rawDescriptor, folder.path)) != nil
        else { try Test.cancel("the disk of temporary files has no access lists") }
        try read().replace(with: Array("new".utf8))
        try FileSnapshot.create(Array("other".utf8), at: folder.path + "/other.json", permissions: 0o640)
        for name in ["file.json", "other.json"] {
            let file = try OpenFile(folder.path + "/" + name, .read)
            let attributes = try FileAttribute.all(of: file.rawDescriptor, name)
            #expect(!attributes.contains { $0.nameBytes.starts(with: "system.".utf8) }, "\(name)")
        }
    }

    @Test func `the content changes and all that belongs to the file stays`() throws {
        try folder.write(Array("old".utf8), to: "file.json")
        // Owners are for root alone, and not every disk has attributes.
        try Shell.run(
            "cd '\(folder.path)' && chmod 640 file.json && { setfattr -n user.note -v kept file.json 2>/dev/null || true; }"
                + " && { [ \"$(id -u)\" != 0 ] || { chown 1234:2345 file.json && chmod 4640 file.json; }; }")
        let look = "cd '\(folder.path)' && stat -c '%a %u %g' file.json && getfattr -d file.json"
        let before = try output(look)
        try read().replace(with: Array("new content".utf8))
        #expect(content() == "new content")
        #expect(try output(look) == before)
        #expect(try names() == ["file.json"])
    }

    @Test func `a link stays a link to the file, which changes`() throws {
        try Shell.run(
            "cd '\(folder.path)' && mkdir real && echo old >real/there && ln -s real/there file.json")
        try read().replace(with: Array("new".utf8))
        #expect(try output("readlink '\(path)'") == "real/there\n")
        #expect(content("real/there") == "new")
        #expect(TestFiles.names(in: folder.path + "/real") == ["there"])
    }

    @Test func `what somebody else wrote meanwhile stays`() throws {
        for write in ["printf theirs >file.json", "printf theirs >other && mv other file.json"] {
            try folder.write(Array("old".utf8), to: "file.json")
            let snapshot = try read()
            try Shell.run("cd '\(folder.path)' && \(write)")
            #expect(throws: ReplacementError.changed(snapshot.path)) {
                try snapshot.replace(with: Array("new".utf8))
            }
            #expect(content() == "theirs")
            #expect(try names() == ["file.json"])
        }
    }

    @Test(arguments: [
        "printf theirs >file.json", "printf theirs >other && mv other file.json", "rm file.json",
    ])
    func `even at the last moment before the change`(_ write: String) throws {
        try folder.write(Array("old".utf8), to: "file.json")
        let snapshot = try read()
        #expect(throws: ReplacementError.changed(snapshot.path)) {
            try snapshot.replace(with: Array("new".utf8)) { moment in
                if moment == .written { try? Shell.run("cd '\(folder.path)' && \(write)") }
            }
        }
        #expect(content() == (write.hasPrefix("rm") ? nil : "theirs"))
        #expect(try names().count == (write.hasPrefix("rm") ? 0 : 1))
    }

    @Test func `a writer that still has the old file open gets it back`() throws {
        try folder.write(Array("old".utf8), to: "file.json")
        let snapshot = try read()
        #expect(throws: ReplacementError.changed(snapshot.path)) {
            try snapshot.replace(with: Array("new".utf8)) { moment in
                guard moment == .exchanged else { return }
                try? Shell.run("cd '\(folder.path)' && printf theirs >\"$(ls -A | grep tmp)\"")
            }
        }
        #expect(content() == "theirs")
        #expect(try names() == ["file.json"])
    }

    @Test func `a file of several names is left alone`() throws {
        try Shell.run("cd '\(folder.path)' && echo old >file.json && ln file.json second")
        let snapshot = try read()
        #expect(throws: ReplacementError.hasOtherNames(snapshot.path)) {
            try snapshot.replace(with: Array("new".utf8))
        }
        #expect(content("second") == "old\n")
    }

    @Test func `a new file is made with its mode, and none is written over`() throws {
        try FileSnapshot.create(Array("new".utf8), at: path, permissions: 0o644)
        #expect(try output("stat -c %a '\(path)'") == "644\n")
        #expect(throws: ReplacementError.changed(path)) { try FileSnapshot.create([], at: path) }
        #expect(content() == "new")
        #expect(try names() == ["file.json"])
    }

    @Test func `an attribute or owner that cannot be given is named`() throws {
        let note = FileAttribute(nameBytes: Array("nonsense.note".utf8), value: [1])
        let made = try FileSnapshot.create([1], at: path, attributes: [note])
        #expect(made.attributes == ["nonsense.note"] && !made.owner)
        let own = ProcessAccount.effective
        let snapshot = try read()
        let lack = try snapshot.replace(
            with: [2], owner: .given(own.user, own.group), attributes: [note])
        #expect(lack.attributes == ["nonsense.note"] && !lack.owner)
        guard !ProcessEnvironment.isRoot else { return }
        let (other, group) = (own.user + 1, own.group)
        #expect(try read().replace(with: [3], owner: .given(other, group)).owner)
        #expect(try FileSnapshot.create([4], at: path + ".new", owner: (other, group)).owner)
    }

    @Test func `only the file that was read is taken away`() throws {
        try folder.write(Array("old".utf8), to: "file.json")
        try read().remove()
        #expect(try names().isEmpty)
        for write in ["printf theirs >file.json", "printf theirs >other && mv other file.json"] {
            try folder.write(Array("old".utf8), to: "file.json")
            let snapshot = try read()
            try Shell.run("cd '\(folder.path)' && \(write)")
            #expect(throws: ReplacementError.changed(snapshot.path)) { try snapshot.remove() }
            #expect(content() == "theirs")
            #expect(try names() == ["file.json"])
        }
    }

    @Test func `what is no file is not read`() throws {
        #expect(try FileSnapshot.read(path) == nil)
        try Shell.run("ln -s nowhere '\(path)'")
        #expect(throws: SystemError.self) { try FileSnapshot.read(path) }
        try Shell.run("rm '\(path)' && mkdir '\(path)'")
        #expect(throws: SystemError.self) { try FileSnapshot.read(path) }
        try Shell.run("rmdir '\(path)' && mkfifo '\(path)'")
        #expect(throws: SystemError.self) { try FileSnapshot.read(path) }
        try Shell.run("rm '\(path)' && printf 12345 >'\(path)'")
        #expect(throws: SystemError.self) { try FileSnapshot.read(path, limit: 4) }
    }

    @Test func `the program tells where it lies`() throws {
        let own = try ProgramPath.current(path: nil)
        #expect(own == (try Folder.realPath("/proc/self/exe")))
        let name = own.split(separator: "/").last.map(String.init) ?? ""
        try Shell.run("ln -s '\(own)' '\(folder.path)/\(name)'")
        #expect(try ProgramPath.current(path: "/usr/bin:\(folder.path)") == "\(folder.path)/\(name)")
        #expect(try ProgramPath.current(path: "relative:/usr/bin") == own)
    }
}
