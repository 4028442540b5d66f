/// One way of the redactor through a tree; remembers what it learned about names.
struct RedactorPass {
    /// What is known of a member's name.
    private struct Name {
        /// The name without its secrets.
        let shown: String
        /// What it says about the value.
        let strength: SecretNameStrength?
        /// Whether it is the one of a pair whose other member says what stands here.
        let isValue: Bool
    }

    private let redactor: Redactor
    private var names: [String: Name] = [:]
    /// What the file is whose text stands here, which its neighbour `path` names.
    private var kind = FileKind.unknown
    /// Whether something was hidden on this way.
    private(set) var hasChanged = false

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

    private mutating func redact(_ text: String, under strength: SecretNameStrength?) -> JSONValue {
        if isWorthHiding(text, strength) { return hidden(text) }
        let shown = redactor.redact(text, kind)
        guard shown != text else { return .string(text) }
        hasChanged = true
        // What is hidden inside may have been what made the rest look harmless.
        return isWorthHiding(shown, strength) ? hidden(text) : .string(shown)
    }

    /// Numbers are hidden under a certain name only, where they are codes and not amounts.
    private mutating func redact(
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
        let shown = redactor.redact(pieces: texts, kind)
        if shown != texts { hasChanged = true }
        var result: [JSONValue] = []
        result.reserveCapacity(shown.count)
        for text in shown { result.append(redact(text, under: strength)) }
        return .array(result)
    }

    private mutating func redact(
        _ members: [String: JSONValue], under inherited: SecretNameStrength?
    ) -> JSONValue {
        let pairStrength = strengthOfPair(members)
        let isKey = members["kty"]?.string != nil
        let outer = kind
        let file = members["path"]?.string.map { FileKind(path: $0) } ?? .unknown
        defer { kind = outer }
        var result = members
        var isRenamed = false
        for index in members.indices {
            let (text, value) = members[index]
            let name = name(text)
            isRenamed = isRenamed || name.shown != text
            var strength = name.strength
            if strength == nil, inherited == .certain, self.name("secret " + text).strength != nil {
                strength = .member
            }
            if isKey, SecretRules.keyMembers.contains(text) { strength = .certain }
            if name.isValue { strength = pairStrength ?? strength }
            kind = text == "text" ? file : .unknown
            result.values[index] = redact(value, under: strength)
        }
        return .object(isRenamed ? renamed(result) : result)
    }

    /// The members under the names that are shown; those that are the same now are told apart.
    private mutating func renamed(_ members: [String: JSONValue]) -> [String: JSONValue] {
        hasChanged = true
        var result: [String: JSONValue] = [:]
        for (text, value) in members.sorted(by: { $0.key < $1.key }) {
            let shown = name(text).shown
            result[result[shown] == nil ? shown : "\(shown) (\(result.count))"] = value
        }
        return result
    }

    /// What a name says that was redacted itself: it must say the same when the tree is redacted once more.
    private func strengthOfText(_ shown: String) -> SecretNameStrength? {
        shown.utf8.count <= 128 ? SecretRules.strength(ofName: shown) : nil
    }

    /// What the name says in `{"name": "DB_PASSWORD", "value": "…"}`; nil in other objects.
    private mutating func strengthOfPair(_ members: [String: JSONValue]) -> SecretNameStrength? {
        for name in ["name", "Name", "NAME", "key", "Key", "KEY", "k", "id", "Variable"] {
            if let text = members[name]?.string, let strength = self.name(text).strength { return strength }
        }
        return nil
    }

    private mutating func name(_ text: String) -> Name {
        if let known = names[text] { return known }
        let shown = redactor.redact(text)
        // A name longer than this is a text, of which only what is shown counts as a name.
        guard text.utf8.count <= 128 else {
            return Name(shown: shown, strength: strengthOfText(shown), isValue: false)
        }
        var strength = SecretRules.strength(ofName: text)
        if shown != text, strength != .certain { strength = strengthOfText(shown) ?? strength }
        let name = Name(
            shown: shown, strength: strength, isValue: ["value", "val", "v"].contains(text.lowercased()))
        names[text] = name
        return name
    }

    private func isWorthHiding(_ text: String, _ strength: SecretNameStrength?) -> Bool {
        guard let strength else { return false }
        let bytes = Array(text.utf8)
        return SecretRules.isWorthHiding(bytes[...], strength) && !HiddenText.isHidden(bytes)
    }

    private mutating func hidden(_ secret: String) -> JSONValue {
        hasChanged = true
        return .string(String(decoding: redactor.hidden(Array(secret.utf8)), as: UTF8.self))
    }
}
