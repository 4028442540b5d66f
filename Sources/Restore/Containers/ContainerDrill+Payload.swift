import Codecs
package import RemoteExecution
import Vault

extension ContainerDrill {
    /// Most that a drill sends to an engine, in bytes.
    package static let limit: Int64 = 256 << 20

    /// How much it would send, in bytes: holes travel written out.
    package var weight: Int64 { RestorePayload.weight(of: staged) }

    /// The archive that the step reads, made while it is sent.
    package func stream(content: @escaping RestorePayload.Content) -> any ShellSource {
        let end = TarEntry(path: Array("./\(prefix)/_data/complete".utf8), kind: .file, mode: 0o600, size: 0)
        return RestoreStream(
            head: [], entries: staged, tail: TarEncoder.header(end) + TarEncoder.end, content: content)
    }
}
