import Basics
import ConfigText
import HostConfig

/// A host's file as others may see it: what its entries do not show when they are shown is hidden in its lines as well.
struct ShownHostText {
    let host: AssistantHost
    /// Equal values have equal marks, so that a comparison shows that one changed.
    let redactor: Redactor

    /// The lines that differ between two texts of the file.
    func diff(_ old: HostText?, _ new: HostText?) -> [String] {
        HostChange.diff(old.map { shown($0, beside: new) } ?? [], new.map { shown($0, beside: old) } ?? [])
    }

    /// The text as `shown`; where it cannot be understood, also without what is hidden of another one of the file.
    private func shown(_ text: HostText, beside other: HostText?) -> [UInt8] {
        guard let other, !text.isUnderstood, other.isUnderstood else { return shown(text) }
        return BrokenHostText(redactor: redactor).hidden(Self.replacing(secrets(of: other), in: text.bytes))
    }

    /// What the entries of a text and VS Code's answers do not show, and what stands there instead.
    private func secrets(of text: HostText) -> [String: String] {
        var texts: [String: String] = [:]
        for entry in text.servers.values {
            collect(entry, redactor.shown(entry: entry), into: &texts)
        }
        collectInputs(of: text, into: &texts)
        return texts
    }

    /// The text with each of the secrets replaced wherever it stands.
    private static func replacing(_ texts: [String: String], in bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for (secret, mark) in texts.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
            let escaped = JSONWriter.bytes(.string(secret)).dropFirst().dropLast()
            for form in Set([Array(secret.utf8), Array(escaped)]) where form.count >= Self.shortest {
                bytes = Self.replacing(form, with: Array(mark.utf8), in: bytes)
            }
        }
        return bytes
    }

    /// The shortest secret that is looked for wherever it stands, and the shortest beginning of one at the end of a text.
    private static let shortest = 4

    /// The text without `secret`, and without its beginning where the text ends in the midst of it.
    private static func replacing(_ secret: [UInt8], with mark: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        while let found = ByteSearch.first(secret, in: text, from: offset) {
            result += text[offset..<found] + mark
            offset = found + secret.count
        }
        let rest = text[offset...]
        let cut = (shortest..<max(shortest, secret.count)).last { rest.suffix($0) == secret.prefix($0) }
        return result + rest.dropLast(cut ?? 0) + (cut == nil ? [] : mark)
    }

    /// The text without what its entries do not show; where it has none or cannot be understood, without what looks like a
    /// secret.
    func shown(_ text: HostText) -> [UInt8] {
        guard text.isUnderstood, !text.servers.isEmpty else {
            return BrokenHostText(redactor: redactor).hidden(text.bytes)
        }
        let texts = secrets(of: text)
        // In YAML values stand without quotes.
        return host.format == .yaml
            ? HeaderLines(redactor: redactor).hidden(Self.replacing(texts, in: text.bytes))
            : QuotedLiterals(isTOML: host.format == .toml).replacing(texts, in: text.bytes)
    }

    /// Answers that VS Code asks for, and does not show.
    private func collectInputs(of text: HostText, into texts: inout [String: String]) {
        let inputs = (try? text.document?.value(at: ["inputs"]))??.array ?? []
        for input in inputs where input["password"] == true {
            if let text = input["default"]?.string {
                collect(.string(text), .text(text, named: "password"), into: &texts)
            }
        }
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
