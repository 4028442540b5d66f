/// What a compose file names outside of itself: files it needs, and variables that must come from somewhere.
///
/// Reads the block form line by line and short flow lists; whatever it does not understand it leaves out.
/// - SeeAlso: Compose Specification, `env_file`, `secrets`, `configs`, `include`, `extends`, interpolation.
package struct ComposeFile: Sendable, Equatable {
    /// What a named file is for.
    package enum Purpose: String, Sendable {
        case environment = "env file"
        case secret = "secret file"
        case configuration = "configuration file"
        case part = "compose file"
    }

    /// A file that the compose file names.
    package struct Reference: Sendable, Equatable {
        package let purpose: Purpose
        /// As written: absolute, or relative to the folder of the project.
        package let path: String
        /// Line of the file, from 1.
        package let line: Int
        package var isRequired = true
    }

    /// A variable without a value of its own.
    package struct Variable: Sendable, Equatable {
        package let name: String
        package let line: Int
        /// Compose refuses to start when nobody sets it.
        package let isRequired: Bool
        /// Whether it is written as `${NAME}`; what follows a bare `$` may as well be the end of a secret.
        package let isBraced: Bool
    }

    package private(set) var references: [Reference] = []
    package private(set) var variables: [Variable] = []

    /// Keys that enclose the current line, outermost first.
    private var keys: [(indentation: Int, name: String)] = []
    /// Lines deeper than this belong to a text that begins with `|` or `>`.
    private var textIndentation: Int?

    package init(_ text: String) {
        var number = 0
        // A line end of Windows is one character.
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            read(line, number)
        }
        keys = []
    }

    package static func == (left: ComposeFile, right: ComposeFile) -> Bool {
        left.references == right.references && left.variables == right.variables
    }

    private mutating func read(_ line: Substring, _ number: Int) {
        var indentation = line.prefix { $0 == " " }.count
        var rest = line.dropFirst(indentation)
        guard let first = rest.first, first != "#" else { return }
        if let limit = textIndentation {
            guard indentation <= limit else { return readVariables(rest, number) }
            textIndentation = nil
        }
        readVariables(rest, number)
        keys.removeAll { $0.indentation > indentation || $0.indentation == indentation && first != "-" }
        while rest.hasPrefix("- ") {
            let width = 1 + rest.dropFirst().prefix { $0 == " " }.count
            rest = rest.dropFirst(width)
            indentation += width
            if let (name, value) = Self.pair(rest) {
                keys.removeAll { $0.indentation >= indentation }
                return take(name, value, indentation, number)
            }
            return takeItem(Self.scalar(rest), number)
        }
        guard let (name, value) = Self.pair(rest) else { return }
        take(name, value, indentation, number)
    }

    /// `name: value`; nil where there is no key.
    private static func pair(_ text: Substring) -> (name: String, value: Substring)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let after = text[text.index(after: colon)...]
        guard after.isEmpty || after.hasPrefix(" "), !text.hasPrefix("{"), !text.hasPrefix("[") else {
            return nil
        }
        let name = text[..<colon].filter { $0 != "\"" && $0 != "'" && $0 != " " }
        return (String(name), after.drop { $0 == " " })
    }

    /// The text of a plain or quoted value, without a comment behind it.
    private static func scalar(_ text: Substring) -> String {
        if let quote = text.first, quote == "\"" || quote == "'" {
            return String(text.dropFirst().prefix { $0 != quote })
        }
        var value = text
        if let comment = value.firstRange(of: " #") { value = value[..<comment.lowerBound] }
        while value.last == " " || value.last == "\t" { value.removeLast() }
        return String(value)
    }

    private mutating func take(_ name: String, _ value: Substring, _ indentation: Int, _ number: Int) {
        defer { keys.append((indentation, name)) }
        if value.hasPrefix("|") || value.hasPrefix(">") {
            textIndentation = indentation
            return
        }
        let text = Self.scalar(value)
        if name == "required", text == "false", keys.contains(where: { $0.name == "env_file" }),
            !references.isEmpty
        {
            references[references.count - 1].isRequired = false
            return
        }
        guard !text.isEmpty else { return }
        if text.hasPrefix("{") {
            guard let inner = text.firstRange(of: "file:") else { return }
            let path = text[inner.upperBound...].drop { $0 == " " }.prefix { $0 != "," && $0 != "}" }
            return add("file", Self.scalar(path), number)
        }
        guard text.hasPrefix("[") else { return add(name, text, number) }
        for part in text.dropFirst().prefix(while: { $0 != "]" }).split(separator: ",") {
            add(name, Self.scalar(part.drop { $0 == " " }), number)
        }
    }

    private mutating func takeItem(_ text: String, _ number: Int) {
        guard let key = keys.last?.name else { return }
        add(key, text, number)
    }

    /// Notes what the value of `key` names, if it names a file here.
    private mutating func add(_ key: String, _ path: String, _ number: Int) {
        guard !path.isEmpty, let purpose = purpose(of: key) else { return }
        references.append(Reference(purpose: purpose, path: path, line: number))
    }

    private func purpose(of key: String) -> Purpose? {
        let around = keys.map(\.name)
        switch key {
        case "env_file": return .environment
        case "include": return around.filter { $0 != "include" }.isEmpty ? .part : nil
        case "path":
            if around.contains("env_file") { return .environment }
            return around.first == "include" ? .part : nil
        case "file":
            if around.first == "secrets" { return .secret }
            if around.first == "configs" { return .configuration }
            return around.contains("extends") ? .part : nil
        default: return nil
        }
    }

    // MARK: Variables

    /// Notes `${NAME}` and `$NAME`; a default makes a variable harmless, `$$` is none.
    private mutating func readVariables(_ text: Substring, _ number: Int) {
        var rest = text
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
            guard let first = name.first, !first.isNumber else { continue }
            rest = rest.dropFirst(name.count)
            var isRequired = false
            if isBraced {
                let rule = rest.hasPrefix(":") ? rest.dropFirst().first : rest.first
                guard rule != "-", rule != "+" else { continue }
                isRequired = rule == "?"
            }
            let variable = Variable(
                name: String(name), line: number, isRequired: isRequired, isBraced: isBraced)
            if !variables.contains(where: { $0.name == variable.name && $0.isRequired == isRequired }) {
                variables.append(variable)
            }
        }
    }

    /// The names that an environment file sets.
    package static func names(setIn text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line.drop { $0 == " " }
            if rest.hasPrefix("export ") { rest = rest.dropFirst("export ".count) }
            guard !rest.hasPrefix("#"), let equals = rest.firstIndex(of: "=") else { continue }
            names.insert(rest[..<equals].filter { $0 != " " })
        }
        return names
    }
}
