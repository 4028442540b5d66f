/// One way of the redactor through a tree; remembers what it learned about names.
struct RedactorPass {
    private let redactor: Redactor
    private var strengths: [String: SecretNameStrength?] = [:]

    init(redactor: Redactor) { self.redactor = redactor }

    /// - Parameter strength: what the name says under which `tree` stands.
    mutating func redact(_ tree: JSONValue, under strength: SecretNameStrength?) -> JSONValue {
        if let secret = tree.secretText { return hidden(secret) }
        switch tree {
        case .null, .bool: return tree
        case .int(let number): return redact(String(number), standingFor: tree, under: strength)
        case .double(let number): return redact(String(number), standingFor: tree, under: strength)
        case .string(let text): return redact(text, under: strength)
        case .array(let elements): return redact(elements, under: strength)
        case .object(let members): return redact(members, under: strength)
        }
    }

    private func redact(_ text: String, under strength: SecretNameStrength?) -> JSONValue {
        if isWorthHiding(text, strength) { return hidden(text) }
        let shown = redactor.redact(text)
        // What is hidden inside may have been what made the rest look harmless.
        return shown != text && isWorthHiding(shown, strength) ? hidden(text) : .string(shown)
    }

    /// Numbers are hidden under a certain name only, where they are codes and not amounts.
    private func redact(
        _ digits: String, standingFor number: JSONValue, under strength: SecretNameStrength?
    ) -> JSONValue {
        strength == .certain && isWorthHiding(digits, strength) ? hidden(digits) : number
    }

    private mutating func redact(_ elements: [JSONValue], under strength: SecretNameStrength?) -> JSONValue {
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count, !texts.isEmpty else {
            var result: [JSONValue] = []
            for element in elements { result.append(redact(element, under: strength)) }
            return .array(result)
        }
        // Lines of one text, or words of a command, show their secrets together only.
        return .array(redactor.redact(pieces: texts).map { redact($0, under: strength) })
    }

    private mutating func redact(
        _ members: [String: JSONValue], under inherited: SecretNameStrength?
    ) -> JSONValue {
        let pairStrength = strengthOfPair(members)
        let isKey = members["kty"]?.string != nil
        var result: [String: JSONValue] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            var strength = strength(of: name)
            if strength == nil, inherited == .certain, self.strength(of: "secret " + name) != nil {
                strength = .likely
            }
            if isKey, SecretRules.keyMembers.contains(name) { strength = .certain }
            if name.lowercased() == "value" { strength = pairStrength ?? strength }
            let shown = redactor.redact(name)
            result[result[shown] == nil ? shown : "\(shown) (\(result.count))"] = redact(
                value, under: strength)
        }
        return .object(result)
    }

    /// What a name says that was redacted itself: it must say the same when the tree is redacted once more.
    private func strengthOfText(_ shown: String) -> SecretNameStrength? {
        shown.utf8.count <= 128 ? SecretRules.strength(ofName: shown) : nil
    }

    /// What the name says in `{"name": "DB_PASSWORD", "value": "…"}`; nil in other objects.
    private mutating func strengthOfPair(_ members: [String: JSONValue]) -> SecretNameStrength? {
        for name in ["name", "Name", "key", "Key"] {
            if let text = members[name]?.string, let strength = strength(of: text) { return strength }
        }
        return nil
    }

    private mutating func strength(of name: String) -> SecretNameStrength? {
        // A name longer than this is a text, of which only what is shown counts as a name.
        guard name.utf8.count <= 128 else { return strengthOfText(redactor.redact(name)) }
        if let known = strengths[name] { return known }
        let shown = redactor.redact(name)
        var strength = SecretRules.strength(ofName: name)
        if shown != name, strength != .certain { strength = strengthOfText(shown) ?? strength }
        strengths[name] = .some(strength)
        return strength
    }

    private func isWorthHiding(_ text: String, _ strength: SecretNameStrength?) -> Bool {
        guard let strength else { return false }
        let bytes = Array(text.utf8)
        return SecretRules.isWorthHiding(bytes[...], strength) && !HiddenText.isHidden(bytes)
    }

    private func hidden(_ secret: String) -> JSONValue {
        .string(String(decoding: redactor.hidden(Array(secret.utf8)), as: UTF8.self))
    }
}
