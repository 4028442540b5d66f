import Basics
import Codecs
package import Vault

extension ContainerDrill {
    /// Most that a drill sends to an engine, in bytes.
    package static let limit: Int64 = 256 << 20

    /// How much it would send.
    package var weight: Int64 { staged.reduce(0) { $0 + $1.size } }

    /// The archive that the step reads.
    /// - Throws: what `content` throws.
    package func payload(content: (FileEntry) async throws -> [UInt8]) async throws -> [UInt8] {
        var archive: [UInt8] = []
        for entry in staged {
            guard let header = TarEntry(staged: entry) else { continue }
            archive += TarEncoder.header(header)
            guard entry.kind == .file else { continue }
            let bytes = RestorePayload.filled(try await content(entry), entry)
            archive += bytes + TarEncoder.padding(after: entry.size)
        }
        let end = TarEntry(path: Array("./\(prefix)/_data/complete".utf8), kind: .file, mode: 0o600, size: 0)
        return archive + TarEncoder.header(end) + TarEncoder.end
    }
}
