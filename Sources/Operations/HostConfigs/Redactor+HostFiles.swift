import Basics
import HostConfig

extension Redactor {
    /// The text of the file at `path` of a device, with its secrets hidden: where a host of MCP servers keeps which ones,
    /// the values of headers as well, which no other file makes secrets of.
    func shown(_ text: String, at path: String) -> String {
        var bytes = Array(text.utf8)
        for host in AssistantHost.keeping(path) {
            bytes = ShownHostText(host: host, redactor: self).shown(HostText(bytes, of: host))
        }
        return redact(String(decoding: bytes, as: UTF8.self), at: path)
    }
}
