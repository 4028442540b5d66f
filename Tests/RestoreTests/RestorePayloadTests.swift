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
}
