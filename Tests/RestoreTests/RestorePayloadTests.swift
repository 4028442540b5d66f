import Basics
import Testing
import Vault

@testable import Restore

@Suite struct RestorePayloadTests {
    @Test func `holes weigh what they take when they travel`() {
        let file = FileEntry(
            path: Array("/a".utf8), kind: .file, size: 1 << 40, extents: [.init(offset: 0, length: 1)])
        let folder = FileEntry(path: Array("/b".utf8), kind: .folder)
        #expect(RestorePayload.weight(of: [file, folder]) == 1 << 40)
        let vast = FileEntry(path: Array("/c".utf8), kind: .file, size: .max, extents: [])
        #expect(RestorePayload.weight(of: [vast, vast]) == .max)
    }

    @Test func `a content of another length than its entry says is refused`() async throws {
        var archive: [UInt8] = []
        let id = try #require(ObjectID(hex: String(repeating: "1", count: 64)))
        let content = ContentRef(id: id, length: 3)
        let file = FileEntry(path: Array("/a".utf8), kind: .file, size: 3, content: [content])
        await #expect {
            try await RestorePayload.append([file], to: &archive) { _ in [1, 2] }
        } throws: {
            ($0 as? VaultError)?.code == .damaged
        }
        try await RestorePayload.append([file], to: &archive) { _ in [1, 2, 3] }
        #expect(archive.count.isMultiple(of: 512))
    }
}
