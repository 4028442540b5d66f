import Basics
import HostConfig

extension Redactor {
    /// A server's entry with its secrets hidden.
    func shown(entry: JSONValue) -> JSONValue { redact(EntryHeaders.hidden(withoutSecretWords(entry))) }

    /// The entry, and what lies in it, with programs and their words redacted as the one command that they are.
    private func withoutSecretWords(_ entry: JSONValue) -> JSONValue {
        if let elements = entry.array { return .array(elements.map(withoutSecretWords)) }
        guard var members = entry.object?.mapValues(withoutSecretWords) else { return entry }
        let program = ["command", "cmd"].first { members[$0] != nil }
        let names = [program, "args"].compactMap(\.self).filter { members[$0] != nil }
        var lists = names.map { name in members[name]?.array ?? members[name].map { [$0] } ?? [] }
        let all = lists.flatMap(\.self)
        guard all.count > 1, all.allSatisfy({ $0.string != nil }) else { return .object(members) }
        var shown = redact(words: all.compactMap(\.string))[...]
        for (index, name) in names.enumerated() {
            lists[index] = shown.prefix(lists[index].count).map { .string($0) }
            shown = shown.dropFirst(lists[index].count)
            members[name] = members[name]?.array == nil ? lists[index].first : .array(lists[index])
        }
        return .object(members)
    }

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
