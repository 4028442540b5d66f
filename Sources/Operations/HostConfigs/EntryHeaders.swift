import Basics

/// What in a server's entry is secret whatever it is called: nearly all headers let in, and so do variables and addresses.
enum EntryHeaders {
    /// Headers that every request may have and that let nobody in.
    private static let plain: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
        "content-encoding", "content-language", "content-length", "content-type", "date", "dnt", "host",
        "mcp-protocol-version", "origin", "pragma", "referer", "user-agent", "x-requested-with",
    ]

    /// Options whose next word is a header.
    private static let options: Set<String> = ["--header", "--headers", "-H"]

    /// Whether `value` must be hidden that a header of this name has.
    static func isSecret(_ value: String, of name: String) -> Bool {
        !plain.contains(name.lowercased()) && SecretRules.isSecret(value, named: "password")
    }

    /// The entry with the values of its headers hidden; what only refers to a variable stays.
    static func hidden(_ entry: JSONValue) -> JSONValue {
        switch entry {
        case .object(let members):
            .object(
                Dictionary(uniqueKeysWithValues: members.map { ($0.key, hidden($0.value, named: $0.key)) }))
        case .array(let elements): .array(words(elements))
        default: entry
        }
    }

    /// Names of the variables that a server is started with.
    private static let environments: Set<String> = ["env", "envs", "environment"]
    /// Names of the address of a server.
    private static let addresses: Set<String> = ["url", "serverurl", "httpurl", "uri"]

    /// Whether `value` must be hidden that a variable has: most are tokens, whatever their names.
    static func isSecretVariable(_ value: String) -> Bool {
        !PlainValue.isPlain(value) && SecretRules.isSecret(value, named: "password")
    }

    /// Variables by name, or as `NAME=value`.
    private static func variables(_ value: JSONValue) -> JSONValue {
        func shown(_ value: JSONValue) -> JSONValue {
            guard let text = value.string else { return value }
            return isSecretVariable(text) ? .text(text, named: "password") : value
        }
        if let members = value.object { return .object(members.mapValues(shown)) }
        guard let elements = value.array else { return value }
        return .array(
            elements.map { element in
                guard let text = element.string, let sign = text.firstIndex(of: "="),
                    isSecretVariable(String(text[text.index(after: sign)...]))
                else { return element }
                return .string(text[...sign] + "‹hidden›")
            })
    }

    private static func hidden(_ value: JSONValue, named name: String) -> JSONValue {
        let name = name.lowercased()
        if environments.contains(name) { return variables(value) }
        if addresses.contains(name), let text = value.string { return .string(PlainValue.address(text)) }
        // Names of variables that hold the values, as Codex has them.
        guard name.hasSuffix("headers") || name.hasSuffix("header"), !name.contains("env") else {
            return hidden(value)
        }
        switch value {
        case .object(let headers):
            return .object(
                Dictionary(uniqueKeysWithValues: headers.map { ($0.key, header($0.key, $0.value)) }))
        case .array(let lines):
            return .array(lines.map { $0.string.map { .string(line($0)) } ?? pair($0) })
        case .string(let text): return .string(line(text))
        default: return value
        }
    }

    /// A header as an object of its name and its value.
    private static func pair(_ pair: JSONValue) -> JSONValue {
        guard var members = pair.object, let value = members["value"] else { return hidden(pair) }
        members["value"] = header(members["name"]?.string ?? members["key"]?.string ?? "", value)
        return .object(members)
    }

    private static func header(_ name: String, _ value: JSONValue) -> JSONValue {
        if plain.contains(name.lowercased()) { return value }
        switch value {
        case .string(let text): return .text(text, named: "password")
        case .array(let values): return .array(values.map { header(name, $0) })
        default: return .secret(JSONWriter.text(value))
        }
    }

    /// A header as one text, `Name: value`; without a name all of it is hidden.
    private static func line(_ text: String) -> String {
        guard let colon = text.firstIndex(where: { $0 == ":" || $0 == "=" }) else {
            return SecretRules.isSecret(text, named: "password") ? "‹hidden›" : text
        }
        let rest = text[text.index(after: colon)...]
        let value = rest.drop { $0 == " " }
        if plain.contains(text[..<colon].lowercased()) { return text }
        return SecretRules.isSecret(String(value), named: "password")
            ? text[..<value.startIndex] + "‹hidden›" : text
    }

    /// The least length of a word that is hidden wherever it stands, as it looks drawn at random.
    private static let drawnLength = 20

    /// Whether a word of a program is a token by its looks, whatever option it stands behind.
    private static func isDrawn(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        return bytes.count >= drawnLength && bytes.contains { $0 >= 0x30 && $0 <= 0x39 }
            && SecretRules.looksInvented(bytes[...])
    }

    /// The words of a program, of which some are headers or tokens.
    private static func words(_ words: [JSONValue]) -> [JSONValue] {
        var isNext = false
        return words.map { word in
            guard let text = word.string else { return hidden(word) }
            defer { isNext = options.contains(text) }
            if isNext { return .string(line(text)) }
            if !text.contains("‹hidden"), isDrawn(text) { return .text(text, named: "password") }
            let address = text.split(separator: " ", omittingEmptySubsequences: false)
                .map { PlainValue.address(String($0)) }.joined(separator: " ")
            if address != text { return .string(address) }
            let option = text.prefix { $0 != "=" }
            guard option.endIndex < text.endIndex, options.contains(String(option)) else { return word }
            return .string("\(option)=\(line(String(text[option.endIndex...].dropFirst())))")
        }
    }
}
