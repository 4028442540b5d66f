import Basics

extension InventoryItem {
    /// An item whose fields leave out what is nil, null or an empty text.
    init(_ kind: String, _ name: String, present fields: [String: JSONValue?]) {
        self.init(kind, name, fields.compactMapValues { $0 == "" || $0 == .null ? nil : $0 })
    }
}

extension JSONValue {
    /// `text` as a string; wrapped as a secret when it is one, by its shape or by the `name` it stands under.
    static func guarded(_ text: String, named name: String = "") -> JSONValue {
        SecretRules.isSecret(text, named: name) ? .secret(text) : .string(text)
    }

    /// `command` as a string; wrapped as a secret when anything in it is one, such as what follows `--key`.
    static func guarded(command: String) -> JSONValue {
        if SecretRules.hasSecret(command) { return .secret(command) }
        let words = command.words().map(\.unquoted)
        let isTelling = zip(words, words.dropFirst()).contains { flag, value in
            flag.hasPrefix("-") && !value.hasPrefix("-") && SecretRules.isSecret(value, named: flag)
        }
        return isTelling ? .secret(command) : .string(command)
    }

    /// `text` as a whole number where it is one, else as a string.
    static func number(_ text: String) -> JSONValue { Int64(text).map { .int($0) } ?? .string(text) }

    /// The strings of `texts` as an array.
    static func texts(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }
}
