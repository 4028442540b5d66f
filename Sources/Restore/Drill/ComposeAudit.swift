import Basics

/// Finds what a compose project needs and a backup does not hold.
package struct ComposeAudit: Sendable {
    /// A compose file of a backup.
    package struct Project: Sendable {
        /// Absolute path of the compose file.
        package let path: String
        package let text: String
        /// The `.env` beside it; nil when the backup holds none.
        package let environment: String?
        /// Variables that had a value in its containers when the backup was made.
        package let values: Set<String>

        package init(path: String, text: String, environment: String?, values: Set<String> = []) {
            self.path = path
            self.text = text
            self.environment = environment
            self.values = values
        }
    }

    private let holds: @Sendable (String) -> Bool

    /// - Parameter holds: whether the backup has a file, not a link that leads nowhere, at an absolute path.
    package init(holds: @escaping @Sendable (String) -> Bool) { self.holds = holds }

    /// One check of one compose file.
    package func check(_ project: Project) -> DrillCheck {
        let name = "compose \(project.path)"
        let file = ComposeFile(project.text)
        let shown = ShownLines(project.text)
        let folder = project.path.split(separator: "/").dropLast().joined(separator: "/")
        let known = ComposeFile.names(setIn: project.environment ?? "")
        var problems: [String] = []
        var open: [String] = []
        for reference in file.references {
            guard !reference.path.contains("$"), !reference.path.hasPrefix("~") else {
                let named = shown.path(of: reference)
                open.append("\(named) in line \(reference.line) depends on where it is started")
                continue
            }
            if reference.path.contains("://") { continue }
            let path = Self.absolute(reference.path, in: "/" + folder)
            guard !holds(path), reference.isRequired else { continue }
            let named = shown.holds(reference.path, in: reference.line) ? " \(path)" : ""
            problems.append(
                "the \(reference.purpose.rawValue)\(named), named in line \(reference.line), is not in the backup"
            )
        }
        for variable in file.variables where !known.contains(variable.name) {
            let name = shown.name(of: variable)
            if variable.isRequired {
                problems.append(
                    "\(name), demanded in line \(variable.line), is set by no file of the backup")
            } else if project.values.contains(variable.name) {
                problems.append(
                    "\(name), used in line \(variable.line), is set by no file of the backup, and had a value in its containers"
                )
            } else {
                open.append("\(name) in line \(variable.line) is set by no file of the backup")
            }
        }
        if problems.isEmpty, !open.isEmpty {
            return DrillCheck(
                name, .notChecked,
                "every file it names is there, but: " + open.prefix(10).joined(separator: "; "))
        }
        return DrillCheck(
            name, problems: problems,
            well: "\(file.references.count.counted("file")) named, all in the backup")
    }

    /// Whether a file's name is one that compose projects have.
    package static func isComposeFile(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last, name.hasSuffix(".yml") || name.hasSuffix(".yaml")
        else { return false }
        return name.hasPrefix("compose") || name.hasPrefix("docker-compose")
    }

    /// `path` seen from `folder`, without `.` and `..`.
    package static func absolute(_ path: String, in folder: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// What may be shown of the lines of a compose file: what is left where their secrets are hidden.
private struct ShownLines {
    private let lines: [String]

    init(_ text: String) {
        let redactor = Redactor()
        lines = redactor.redact(
            pieces: text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .map { redactor.redact(String($0)) })
    }

    /// Whether `words` may be shown, which are in the line `number`, counted from 1.
    func holds(_ words: String, in number: Int) -> Bool {
        lines.indices.contains(number - 1) && lines[number - 1].contains(words)
    }

    func path(of reference: ComposeFile.Reference) -> String {
        holds(reference.path, in: reference.line) ? "‘\(reference.path)’" : "a file"
    }

    /// A variable by its name where it is certainly one, and else without.
    func name(of variable: ComposeFile.Variable) -> String {
        let isUsual = variable.name.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard variable.isBraced, isUsual, holds("${" + variable.name, in: variable.line) else {
            return "a variable"
        }
        return "the variable \(variable.name)"
    }
}
