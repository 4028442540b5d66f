import Basics
import Codecs
import Testing
import Vault

@testable import Restore

/// The archive of a run, made while it is sent.
@Suite struct RestoreStreamTests {
    private static let piece = ContentRef(id: ObjectID(Digest256(1, 0, 0, 0)), length: 300_000)

    private func stream(_ entries: [FileEntry], content: [UInt8]? = nil) -> RestoreStream {
        RestoreStream(head: [], entries: entries, tail: TarEncoder.end) { piece in
            content ?? [UInt8](repeating: 7, count: Int(piece.length))
        }
    }

    /// All of it, and the largest piece.
    private func read(_ stream: RestoreStream) async throws -> (bytes: [UInt8], largest: Int) {
        var (bytes, largest) = ([UInt8](), 0)
        while let piece = try await stream.next() {
            bytes += piece
            largest = max(largest, piece.count)
        }
        return (bytes, largest)
    }

    private func members(_ bytes: [UInt8]) throws -> [(name: String, content: [UInt8])] {
        var decoder = TarDecoder()
        var members: [(name: String, content: [UInt8])] = []
        for event in try decoder.consume(bytes) {
            switch event {
            case .entry(let entry): members.append((DeviceText.string(entry.path), []))
            case .content(let part): members[members.count - 1].content += part
            default: break
            }
        }
        #expect(decoder.isFinished)
        return members
    }

    @Test func `a large file comes in pieces of bounded size, whole`() async throws {
        let entry = FileEntry(
            path: Array("/big".utf8), kind: .file, size: 3_000_000,
            content: [ContentRef](repeating: Self.piece, count: 10))
        let (bytes, largest) = try await read(stream([entry]))
        let members = try members(bytes)
        #expect(members.map(\.content.count) == [3_000_000])
        #expect(members.first?.content.allSatisfy { $0 == 7 } == true)
        #expect(largest < 1 << 20)
    }

    @Test func `holes are written out where they lie`() async throws {
        var entry = FileEntry(
            path: Array("/holes".utf8), kind: .file, size: 1_000_000, content: [Self.piece])
        entry.extents = [.init(offset: 100_000, length: 100_000), .init(offset: 500_000, length: 200_000)]
        let content = try members(try await read(stream([entry])).bytes).first?.content ?? []
        #expect(content.count == 1_000_000)
        let data = content.indices.filter { content[$0] == 7 }
        #expect(data.count == 300_000)
        #expect(data.first == 100_000 && data.last == 699_999)
        #expect(content[200_000..<500_000].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [250_000, 350_000])
    func `a content of another length is never sent as whole`(_ size: Int64) async throws {
        let entry = FileEntry(path: Array("/x".utf8), kind: .file, size: size, content: [Self.piece])
        await #expect(throws: VaultError.self) { _ = try await read(stream([entry])) }
    }

    @Test func `the length of the archive is known before it is made`() async throws {
        var holes = FileEntry(
            path: Array("/holes".utf8), kind: .file, size: 1_000_000, content: [Self.piece])
        holes.extents = [.init(offset: 100_000, length: 300_000)]
        var marked = FileEntry(
            path: Array("/\(String(repeating: "n", count: 300))".utf8), kind: .file, size: 300_000,
            content: [Self.piece])
        marked.attributes = [.init(name: Array("user.mark".utf8), value: [1, 2, 3])]
        let entries = [
            holes, marked, FileEntry(path: Array("/d".utf8), kind: .folder),
            FileEntry(path: Array("/s".utf8), kind: .socket),
            FileEntry(path: Array("/l".utf8), kind: .symbolicLink, linkTarget: Array("holes".utf8)),
        ]
        let length = RestoreStream.length(head: [1, 2], entries: entries, tail: TarEncoder.end)
        #expect(try await read(stream(entries)).bytes.count + 2 == Int(length))
    }

    @Test func `what is empty and what has no content keep their order`() async throws {
        let entries = [
            FileEntry(path: Array("/d".utf8), kind: .folder),
            FileEntry(path: Array("/d/empty".utf8), kind: .file),
            FileEntry(path: Array("/d/link".utf8), kind: .symbolicLink, linkTarget: Array("empty".utf8)),
        ]
        let members = try members(try await read(stream(entries)).bytes)
        #expect(members.map(\.name) == ["./d/", "./d/empty", "./d/link"])
    }
}
