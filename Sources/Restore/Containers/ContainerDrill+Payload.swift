import Basics
import Codecs
package import Vault

extension ContainerDrill {
    /// How much it would send, in bytes; at most `RestorePayload.limit`.
    package var weight: Int64 { RestorePayload.weight(of: staged) }

    /// The archive that the step reads.
    /// - Throws: `VaultError.damaged` for a content that is not whole; what `content` throws.
    package func payload(content: (FileEntry) async throws -> [UInt8]) async throws -> [UInt8] {
        var archive: [UInt8] = []
        try await RestorePayload.append(staged, to: &archive, content: content)
        let end = TarEntry(path: Array("./\(prefix)/_data/complete".utf8), kind: .file, mode: 0o600, size: 0)
        return archive + TarEncoder.header(end) + TarEncoder.end
    }
}
