import Basics
import ConfigText
import HostConfig

/// A host's file as others may see it: what its entries do not show when they are shown is hidden in its lines as well.
struct ShownHostText {
    let host: AssistantHost
    /// Equal values have equal marks, so that a comparison shows that one changed.
    let redactor: Redactor

    /// The texts of a configuration's values.
    private struct Values {
        /// What stands for those that are not shown.
        var secrets: [String: String] = [:]
        /// Those that are shown.
        var plain: Set<String> = []
    }

    /// The lines that differ between two texts of the file.
    func diff(_ old: HostText?, _ new: HostText?) -> [String] {
        let (before, after) = (
            old.map { shown($0, beside: new) } ?? [], new.map { shown($0, beside: old) } ?? []
        )
        guard before != after || old?.bytes == new?.bytes else {
            return ["(they differ in how something is written that is hidden)"]
        }
        return HostChange.diff(before, after)
    }

    /// The text as `shown`; where it cannot be understood, also without what is hidden of another one of the file.
    private func shown(_ text: HostText, beside other: HostText?) -> [UInt8] {
        guard let other, !text.isUnderstood, other.isUnderstood else { return shown(text) }
        let known = SecretReplacement(values(of: other).secrets).replacing(in: text.bytes, isCut: true)
        return BrokenHostText(redactor: redactor).hidden(known)
    }

    /// The text without what is secret in it; where it cannot be understood, without what looks like a secret.
    func shown(_ text: HostText) -> [UInt8] {
        guard text.isUnderstood, let document = text.document else {
            return BrokenHostText(redactor: redactor).hidden(text.bytes)
        }
        let values = values(of: text)
        return ShownLiterals(
            format: host.format, redactor: redactor, secrets: values.secrets, plain: values.plain
        ).shown(text.bytes, document.literals)
    }

    /// What the whole of a text shows and what it does not: also outside of its servers variables and headers are secret.
    private func values(of text: HostText) -> Values {
        var values = Values()
        // A text that is understood has one.
        let tree = ((try? text.document?.value(at: [])) ?? nil) ?? [:]
        collect(tree, redactor.shown(entry: tree), into: &values)
        collectInputs(of: text, into: &values)
        return values
    }

    /// Answers that VS Code asks for, and does not show.
    private func collectInputs(of text: HostText, into values: inout Values) {
        let inputs = (try? text.document?.value(at: ["inputs"]))??.array ?? []
        for input in inputs where input["password"] == true {
            if let text = input["default"]?.string {
                collect(.string(text), .text(text, named: "password"), into: &values)
            }
        }
    }

    /// The texts of `value` that `hidden` shows, and those that it does not.
    private func collect(_ value: JSONValue, _ hidden: JSONValue, into values: inout Values) {
        if let members = value.object {
            for (name, value) in members { collect(value, hidden[name] ?? .null, into: &values) }
        } else if let elements = value.array {
            let others = hidden.array ?? []
            for (index, element) in elements.enumerated() {
                collect(element, index < others.count ? others[index] : .null, into: &values)
            }
        } else {
            let text = value.string ?? JSONWriter.text(value)
            guard hidden != value else {
                values.plain.insert(text)
                return
            }
            let mark = redactor.redact(.secret(text)).string ?? "‹hidden›"
            values.secrets[text] = hidden.string.map { Self.marked($0, mark) } ?? mark
        }
    }

    /// What is shown of a value, with a mark of its own at the end.
    private static func marked(_ shown: String, _ mark: String) -> String {
        let plain = "‹hidden›"
        return shown.hasSuffix(plain) ? shown.dropLast(plain.count) + mark : shown
    }
}
