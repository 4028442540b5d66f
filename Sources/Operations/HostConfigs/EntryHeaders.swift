import Basics

/// What in a server's entry is secret whatever it is called: nearly all headers let in, and so do variables and addresses.
enum EntryHeaders {
    /// Headers that every request may have and that let nobody in.
    private static let plain: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
        "content-encoding", "content-language", "content-length", "content-type", "date", "dnt", "host",
        "mcp-protocol-version", "origin", "pragma", "referer", "user-agent", "x-requested-with",
    ]

    /// What follows an option, as the next word or behind `=`.
    private enum Value: Equatable {
        case header
        /// The value of a header of this name.
        case headerValue(String)
        case variable
        /// A key, or the path of one.
        case key
        case secret
    }

    /// Options whose values are headers, variables or tokens; those whose names tell are known to the redactor.
    private static let options: [String: Value] = [
        "--header": .header, "--headers": .header, "-H": .header, "-e": .variable, "--env": .variable,
        "--key": .key, "--auth": .key, "--pat": .secret, "--pwd": .secret, "--cookie": .secret,
        "--cookies": .secret, "--creds": .secret, "--session": .secret, "--sid": .secret,
        "--session-id": .secret,
    ]

    /// Whether a value follows the word, as an option of a program, that is a header, a variable or a token.
    static func isOption(_ word: String) -> Bool { options[word] != nil }

    private static func isPlain(_ header: String) -> Bool {
        let name = header.lowercased()
        return plain.contains(name) || name.hasSuffix("-version")
    }

    /// Whether `value` must be hidden that a header of this name has.
    static func isSecret(_ value: String, of name: String) -> Bool {
        !isPlain(name) && SecretRules.isSecret(value, named: "password")
    }

    /// The entry with the values of its headers hidden; what only refers to a variable stays.
    static func hidden(_ entry: JSONValue) -> JSONValue {
        switch entry {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        let isForEnv = name == "args" && isEnv(members["command"]?.string)
                        return (name, isForEnv ? forEnv(value) : hidden(value, named: name))
                    }))
        case .array(let elements): .array(words(elements))
        default: entry
        }
    }

    /// Whether a program is env(1), whose words begin with variables.
    private static func isEnv(_ command: String?) -> Bool {
        command == "env" || command?.hasSuffix("/env") == true
    }

    private static func forEnv(_ value: JSONValue) -> JSONValue {
        value.array.map { .array(words($0, areOfShell: true)) } ?? hidden(value)
    }

    /// Names of the variables that a server, or what it starts, has; Codex sets some with `set`.
    private static let environments: Set<String> = [
        "env", "envs", "environment", "environmentvariables", "environment_variables", "set", "query_params",
        "queryparams",
    ]

    /// Whether the values below this name are variables or headers.
    static func isTelling(_ name: String) -> Bool {
        let name = name.lowercased()
        return environments.contains(name)
            || !name.contains("env") && (name.hasSuffix("headers") || name.hasSuffix("header"))
    }

    /// Names of a program, with its words or without.
    private static let commands: Set<String> = ["command", "cmd"]

    /// Names of the address of a server.
    private static let addresses: Set<String> = ["url", "serverurl", "httpurl", "uri"]

    /// Whether `value` must be hidden that a variable has: most are tokens, whatever their names.
    static func isSecretVariable(_ value: String) -> Bool {
        !PlainValue.isPlain(value) && SecretRules.isSecret(value, named: "password")
    }

    /// Variables by name, or as `NAME=value`; whatever lies in them is judged alike.
    private static func variables(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): return .object(members.mapValues(variables))
        case .array(let elements):
            return .array(
                elements.map { element in
                    guard let text = element.string, text.contains("=") else { return variables(element) }
                    return .string(variable(text))
                })
        case .string(let text): return isSecretVariable(text) ? .text(text, named: "password") : value
        case .int, .double:
            let text = JSONWriter.text(value)
            return isSecretVariable(text) ? .secret(text) : value
        default: return value
        }
    }

    /// A variable as `NAME=value`.
    private static func variable(_ text: String) -> String {
        guard let sign = text.firstIndex(of: "="), isSecretVariable(String(text[text.index(after: sign)...]))
        else { return text }
        return text[...sign] + "‹hidden›"
    }

    private static func hidden(_ value: JSONValue, named name: String) -> JSONValue {
        let name = name.lowercased()
        if environments.contains(name) { return variables(value) }
        if commands.contains(name), let text = value.string, text.contains(where: isBlank) {
            return .string(CommandText(text).hidden { words($0, areOfShell: true) })
        }
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
        if isPlain(name) { return value }
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
        if isPlain(String(text[..<colon])) { return text }
        return SecretRules.isSecret(String(value), named: "password")
            ? text[..<value.startIndex] + "‹hidden›" : text
    }

    /// Whether a word of a program is a token by its looks, whatever option it stands behind.
    private static func isDrawn(_ word: String) -> Bool {
        // `--max-old-space-size=4096` is judged by its value.
        let value =
            word.hasPrefix("-") ? word.firstIndex(of: "=").map { word[word.index(after: $0)...] } : nil
        return PlainValue.isDrawn(value ?? word[...])
    }

    private static func isBlank(_ sign: Character) -> Bool { sign == " " || sign == "\t" || sign == "\n" }

    /// A word that holds other words, or a table, with these judged alike; nil where nothing in it is hidden.
    private static func nested(_ text: String) -> String? {
        if let first = text.first, "{[\"".contains(first), text.utf8.count > 1,
            let tree = try? JSONParser.parse(Array(text.utf8))
        {
            let shown = written(hidden(tree))
            return shown == tree ? nil : JSONWriter.text(shown)
        }
        let shown =
            text.contains(where: isBlank)
            ? CommandText(text).hidden { words($0, areOfShell: true) } : withoutDrawn(text)
        return shown == text ? nil : shown
    }

    /// A tree with marks in the place of its secrets, also of those in its texts.
    private static func written(_ value: JSONValue) -> JSONValue {
        if value.secretText != nil { return "‹hidden›" }
        switch value {
        case .string(let text): return nested(text).map { .string($0) } ?? value
        case .object(let members): return .object(members.mapValues(written))
        case .array(let elements): return .array(elements.map(written))
        default: return value
        }
    }

    /// What stands between the parts of a word.
    private static let signs = Set(",;:?&|\"'`{}[]()<>=")

    /// A word that is no address, without those of its parts that are tokens by their looks.
    private static func withoutDrawn(_ text: String) -> String {
        guard !text.contains("://") else { return text }
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            let part = rest.prefix { !signs.contains($0) }
            // The digest of an image is no secret.
            let isHidden = PlainValue.isDrawn(part) && !result.hasSuffix("sha256:")
            result += isHidden ? "‹hidden›" : part
            rest = rest[part.endIndex...]
            if let sign = rest.popFirst() { result.append(sign) }
        }
        return result
    }

    /// Whether a word gives a variable a value.
    private static func isAssignment(_ word: String) -> Bool {
        let name = word.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = word[name.endIndex...]
        return name.first?.isNumber == false && (rest.first == "=" || rest.hasPrefix("+="))
    }

    /// Whether a word sets a variable or a header by a name with dots, as Codex’s `-c` takes it.
    private static func isSetting(_ word: String) -> Bool {
        let parts = word.prefix { $0 != "=" }.split(separator: ".")
        return parts.count > 1 && word.contains("=") && parts.dropLast().contains { isTelling(String($0)) }
    }

    /// The words of a program, of which some are headers, variables or tokens.
    /// - Parameter areOfShell: whether a shell reads them, for which `NAME=value` is a variable.
    private static func words(_ words: [JSONValue], areOfShell: Bool = false) -> [JSONValue] {
        var next: Value?
        return words.map { word in
            guard let text = word.string else { return hidden(word) }
            if let value = next {
                next = value == .header && isHeaderName(text) ? .headerValue(text) : nil
                return next == nil ? .string(shown(text, as: value)) : word
            }
            next = options[text]
            if let joined = joined(text) { return .string(joined) }
            if areOfShell && isAssignment(text) || isSetting(text), variable(text) != text {
                return .string(variable(text))
            }
            if !text.contains("‹hidden"), isDrawn(text) { return .text(text, named: "password") }
            let address = text.split(separator: " ", omittingEmptySubsequences: false)
                .map { PlainValue.address(String($0)) }.joined(separator: " ")
            if address != text { return .string(address) }
            let option = text.prefix { $0 != "=" }
            guard option.endIndex < text.endIndex, let value = options[String(option)] else {
                let rest = text[option.endIndex...].dropFirst()
                if text.hasPrefix("-"), let shown = nested(String(rest)) {
                    return .string("\(option)=\(shown)")
                }
                return nested(text).map { .string($0) } ?? word
            }
            return .string("\(option)=\(shown(String(text[option.endIndex...].dropFirst()), as: value))")
        }
    }

    /// `-HName: value` and `-eNAME=value` with what they hold judged; nil for other words.
    private static func joined(_ word: String) -> String? {
        let rest = String(word.dropFirst(2))
        if word.hasPrefix("-H"), rest.contains(":") { return "-H" + line(rest) }
        if word.hasPrefix("-e"), rest.contains("=") { return "-e" + variable(rest) }
        return nil
    }

    /// Whether a word behind an option for a header is its name, whose value is the next word.
    private static func isHeaderName(_ word: String) -> Bool {
        word.first?.isLetter == true && word.utf8.count <= 40
            && word.allSatisfy { $0.isLetter || $0 == "-" || $0 == "_" }
    }

    private static func shown(_ text: String, as value: Value) -> String {
        switch value {
        case .header: line(text)
        case .headerValue(let name): isSecret(text, of: name) ? "‹hidden›" : text
        case .variable: variable(text)
        case .key: isSecretVariable(text) ? "‹hidden›" : text
        case .secret: SecretRules.isSecret(text, named: "password") ? "‹hidden›" : text
        }
    }
}
