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
        guard all.count > 1 else { return .object(members) }
        let written = all.map(Self.text)
        var shown = zip(all, zip(written, redact(words: written))).map { value, words in
            words.0 == words.1 ? value : .string(words.1)
        }[...]
        for (index, name) in names.enumerated() {
            lists[index] = Array(shown.prefix(lists[index].count))
            shown = shown.dropFirst(lists[index].count)
            members[name] = members[name]?.array == nil ? lists[index].first : .array(lists[index])
        }
        return .object(members)
    }

    /// What is judged of a word: what is no text as it is written, a list or table by the texts in it.
    private static func text(_ word: JSONValue) -> String {
        if let elements = word.array { return elements.map(text).joined() }
        if let members = word.object {
            return members.sorted { $0.key < $1.key }.map { text($0.value) }.joined()
        }
        return word.string ?? JSONWriter.text(word)
    }

    /// The text of the file at `path` of a device, with its secrets hidden: where a host of MCP servers keeps which ones,
    /// the values of headers as well, which no other file makes secrets of.
    /// - Parameter hosts: others whose file it is.
    func shown(_ text: String, at path: String, of hosts: [AssistantHost] = []) -> String {
        var bytes = Array(text.utf8)
        let named = AssistantHost.keeping(path)
        for host in named + hosts.filter({ host in !named.contains { $0.id == host.id } }) {
            bytes = ShownHostText(host: host, redactor: self).shown(HostText(bytes, of: host))
        }
        return redact(String(decoding: bytes, as: UTF8.self), at: path)
    }
}
