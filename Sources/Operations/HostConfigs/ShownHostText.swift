import Basics
import ConfigText
import HostConfig

/// A host's file as others may see it: the values of headers hidden, which by their names alone are no secrets.
struct ShownHostText {
    let host: AssistantHost
    /// Equal values have equal marks, so that a comparison shows that one changed.
    let redactor: Redactor

    /// The lines that differ between two texts of the file.
    func diff(_ old: HostText?, _ new: HostText?) -> [String] {
        HostChange.diff(old.map(shown) ?? [], new.map(shown) ?? [])
    }

    /// The text with header values hidden; where it cannot be understood, those of lines that look like headers.
    func shown(_ text: HostText) -> [UInt8] {
        let servers = text.servers
        // In YAML values stand without quotes.
        guard host.format != .yaml, !servers.isEmpty else {
            return HeaderLines(redactor: redactor).hidden(text.bytes)
        }
        var texts: [String: String] = [:]
        for entry in servers.values { collect(entry, EntryHeaders.hidden(entry), into: &texts) }
        // Answers that VS Code asks for, and does not show.
        let inputs = (try? text.document?.value(at: ["inputs"]))??.array ?? []
        for input in inputs where input["password"] == true {
            if let text = input["default"]?.string {
                collect(.string(text), .text(text, named: "password"), into: &texts)
            }
        }
        return texts.isEmpty
            ? text.bytes : QuotedLiterals(isTOML: host.format == .toml).replacing(texts, in: text.bytes)
    }

    /// The texts of `entry` that `hidden` does not show, and what stands there instead.
    private func collect(_ entry: JSONValue, _ hidden: JSONValue, into texts: inout [String: String]) {
        if let text = entry.string {
            guard hidden != entry else { return }
            let mark = redactor.redact(.secret(text)).string ?? ""
            let shown = hidden.string.map { Self.replacing("‹hidden›", with: mark, in: $0) }
            texts[text] = shown ?? mark
        } else if let members = entry.object {
            for (name, value) in members { collect(value, hidden[name] ?? .null, into: &texts) }
        } else if let elements = entry.array {
            let others = hidden.array ?? []
            for (value, other) in zip(elements, others) { collect(value, other, into: &texts) }
        }
    }

    private static func replacing(_ wanted: String, with text: String, in whole: String) -> String {
        guard whole.hasSuffix(wanted) else { return whole }
        return whole.dropLast(wanted.count) + text
    }
}
