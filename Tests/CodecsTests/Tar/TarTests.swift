import Basics
import Codecs
import Glibc
import TestSupport
import Testing

@Suite("Tar archives")
struct TarTests {
    /// A folder with one of everything, and what a decoder must find in its archive.
    private func makeTree(in folder: String) throws {
        try Shell.run(
            """
            cd '\(folder)' && mkdir tree && cd tree && mkdir -p sub/deep
            printf 'hello\\n' >plain; : >empty; ln -s ../plain link; ln plain hard; mkfifo pipe
            printf x >"$(printf 'a b\\nc')"; printf y >'$(touch pwned)'; printf z >-rf; printf n >"$(printf 'n\\377')"
            long=$(printf 'l%.0s' $(seq 180)); mkdir -p "sub/$long"; printf 'long' >"sub/$long/$long"
            ln -s "$(printf 't%.0s' $(seq 150))" longlink
            truncate -s 3000000 sparse; printf middle | dd of=sparse bs=1 seek=1500000 conv=notrunc 2>/dev/null
            chmod 4755 plain; touch -d '2001-02-03 04:05:06.123456789 UTC' plain
            """)
    }

    private struct Member: Equatable {
        var entry: TarEntry
        var content: [UInt8]
    }

    private func decode(_ archive: [UInt8], pieceSize: Int) throws -> [String: Member] {
        var decoder = TarDecoder()
        var members: [String: Member] = [:]
        var current: Member?
        for start in stride(from: 0, to: archive.count, by: pieceSize) {
            for event in try decoder.consume(Array(archive[start..<min(archive.count, start + pieceSize)])) {
                switch event {
                case .entry(let entry): current = Member(entry: entry, content: [])
                case .content(let bytes): current?.content += bytes
                case .end: if let member = current { members[DeviceText.string(member.entry.path)] = member }
                case .finished: break
                }
            }
        }
        #expect(decoder.isFinished)
        return members
    }

    @Test("Archives of GNU tar in each of its formats are understood", arguments: ["pax", "gnu", "oldgnu"])
    func formats(format: String) throws {
        let scratch = try ScratchFolder()
        try makeTree(in: scratch.path)
        let archive = try Shell.output(
            "cd '\(scratch.path)' && tar --create --file=- --format=\(format) --sparse --sort=name ./tree")
        let members = try decode(archive, pieceSize: 1000)
        #expect(members["./tree/hard"]?.content == Array("hello\n".utf8))
        #expect(members["./tree/plain"]?.entry.mode == 0o4755 || members["./tree/hard"]?.entry.mode == 0o4755)
        #expect(members["./tree/a b\nc"]?.content == [0x78])
        #expect(members["./tree/$(touch pwned)"]?.content == [0x79])
        #expect(members["./tree/-rf"]?.content == [0x7A])
        #expect(members["./tree/n\\xff"]?.content == [0x6E])
        #expect(members["./tree/link"]?.entry.kind == .symbolicLink(target: Array("../plain".utf8)))
        #expect(members["./tree/pipe"]?.entry.kind == .fifo)
        let long = String(repeating: "l", count: 180)
        #expect(members["./tree/sub/\(long)/\(long)"]?.content == Array("long".utf8))
        #expect(
            members["./tree/longlink"]?.entry.kind
                == .symbolicLink(target: Array(String(repeating: "t", count: 150).utf8)))
        let sparse = try #require(members["./tree/sparse"])
        #expect(sparse.entry.size == 3_000_000)
        let run = try #require(sparse.entry.dataRuns?.first { $0.length > 0 })
        #expect(run.offset <= 1_500_000 && sparse.content.count < 100_000)
        if format == "pax" {
            let plain = [members["./tree/plain"], members["./tree/hard"]].compactMap(\.self).first {
                $0.entry.kind == .file
            }
            #expect(plain?.entry.modified == 981_173_106_123_456_789)
            #expect(plain?.entry.changed != nil)
        }
    }

    @Test("However an archive is cut, the same members come out", arguments: [1, 511, 512, 513, 70_000])
    func pieces(size: Int) throws {
        let scratch = try ScratchFolder()
        try Shell.run("cd '\(scratch.path)' && mkdir t && printf '%5000s' x >t/a && printf y >t/b")
        let archive = try Shell.output(
            "cd '\(scratch.path)' && tar --create --file=- --format=pax --sort=name ./t")
        let members = try decode(archive, pieceSize: size)
        #expect(members["./t/a"]?.content.count == 5000)
        #expect(members["./t/b"]?.content == [0x79])
        #expect(members.count == 3)
    }

    @Test("What the encoder writes, tar unpacks and the decoder reads back")
    func roundTrip() throws {
        let scratch = try ScratchFolder()
        let content = Array("some content".utf8)
        let entries = [
            TarEntry(path: Array("dir".utf8), kind: .folder, mode: 0o750, modified: 1_000_000_000),
            TarEntry(
                path: Array(("dir/" + String(repeating: "long", count: 50)).utf8), kind: .file, mode: 0o640,
                userID: 3_000_000,
                userName: "ops", size: Int64(content.count), modified: 1_234_567_890_123_456_789,
                attributes: [("user.comment", [0, 1, 10, 255])]),
            TarEntry(
                path: Array("dir/link".utf8), kind: .symbolicLink(target: Array("../x".utf8)), mode: 0o777),
        ]
        var archive: [UInt8] = []
        for entry in entries {
            archive += TarEncoder.header(entry)
            if entry.kind == .file { archive += content + TarEncoder.padding(after: entry.size) }
        }
        archive += TarEncoder.end
        let members = try decode(archive, pieceSize: 100)
        var folder = entries[0]
        folder.path.append(0x2F)
        #expect(members["dir/"]?.entry == folder)
        #expect(members[DeviceText.string(entries[1].path)] == Member(entry: entries[1], content: content))
        #expect(members["dir/link"]?.entry == entries[2])
        try scratch.write(archive, to: "archive.tar")
        let listing = try Shell.output(
            "cd '\(scratch.path)' && tar --list --numeric-owner --verbose --full-time -f archive.tar")
        #expect(String(decoding: listing, as: UTF8.self).contains("2009-02-13 23:31:30.123456789"))
    }

    /// Where a sparse file has data, how long it is, and what its folder is called.
    static let sparseFiles: [(runs: [TarEntry.DataRun], size: Int64, folder: String)] = [
        ([.init(offset: 1_048_576, length: 4096), .init(offset: 4_194_304, length: 10)], 8_388_608, "d"),
        ([.init(offset: 0, length: 1024), .init(offset: 3_000_000, length: 700)], 3_000_700, "d"),
        ([], 5_000_000, "d"),
        ((0..<400).map { .init(offset: $0 * 8192, length: 512) }, 400 * 8192, "d"),
        ([.init(offset: 4096, length: 4096)], 10 << 30, String(repeating: "long", count: 40)),
    ]

    @Test("Sparse files keep their holes, for GNU tar and for the decoder", arguments: sparseFiles)
    func sparse(runs: [TarEntry.DataRun], size: Int64, folder: String) throws {
        let scratch = try ScratchFolder()
        let stored = runs.reduce(0) { $0 + $1.length }
        let content = (0..<stored).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) }
        let name = "\(folder)/sparse"
        let entry = TarEntry(
            path: Array(name.utf8), kind: .file, mode: 0o640, size: size, modified: 1_000_000_000,
            dataRuns: runs)
        let next = TarEntry(path: Array("next".utf8), kind: .file, size: 4)
        var archive = TarEncoder.header(entry) + content + TarEncoder.padding(after: stored)
        archive +=
            TarEncoder.header(next) + Array("next".utf8) + TarEncoder.padding(after: 4) + TarEncoder.end

        let members = try decode(archive, pieceSize: 1000)
        var expected = entry
        expected.dataRuns = runs + [TarEntry.DataRun(offset: size, length: 0)]
        #expect(members[name] == Member(entry: expected, content: content))
        #expect(members["next"]?.content == Array("next".utf8))

        try scratch.write(archive, to: "archive.tar")
        try Shell.run("cd '\(scratch.path)' && tar -xf archive.tar && [ \"$(cat next)\" = next ]")
        let made = try OpenFile("\(scratch.path)/\(name)", .read)
        #expect(try made.size() == size)
        var start = 0
        for run in runs {
            let bytes = try made.read(at: run.offset, count: Int(run.length))
            #expect(bytes == Array(content[start..<start + Int(run.length)]))
            start += Int(run.length)
        }
        let used = try Shell.output("stat -c '%b %B' '\(scratch.path)/\(name)'")
        let numbers = String(decoding: used, as: UTF8.self).split { !$0.isNumber }.compactMap { Int64($0) }
        #expect(numbers[0] * numbers[1] <= (stored + Int64(runs.count + 2) * 8192))
    }

    @Test("Only runs that GNU tar reads as they are meant are written")
    func alignment() {
        func isSparse(_ lengths: [Int64]) -> Bool {
            TarEntry.DataRun.areAligned(lengths.map { TarEntry.DataRun(offset: 0, length: $0) })
        }
        #expect(isSparse([]) && isSparse([7]) && isSparse([512, 1024, 7]) && !isSparse([7, 512]))
    }

    @Test("Archives that lie are refused with a reason")
    func hostile() {
        var header = TarEncoder.header(TarEntry(path: Array("x".utf8), kind: .file, size: 10))
        header[0] ^= 1
        var decoder = TarDecoder()
        #expect(throws: TarError.self) { try decoder.consume(header) }
        #expect(throws: TarError.self) {
            var decoder = TarDecoder()
            return try decoder.consume([UInt8](repeating: 0x41, count: 512))
        }
    }
}
