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
        let folder = project.path.split(separator: "/").dropLast().joined(separator: "/")
        let known = ComposeFile.names(setIn: project.environment ?? "")
        var problems: [String] = []
        var open: [String] = []
        for reference in file.references {
            guard !reference.path.contains("$"), !reference.path.hasPrefix("~") else {
                open.append("‘\(reference.path)’ in line \(reference.line) depends on where it is started")
                continue
            }
            if reference.path.contains("://") { continue }
            let path = Self.absolute(reference.path, in: "/" + folder)
            guard !holds(path), reference.isRequired else { continue }
            problems.append(
                "the \(reference.purpose.rawValue) \(path), named in line \(reference.line), is not in the backup"
            )
        }
        for variable in file.variables where !known.contains(variable.name) {
            if variable.isRequired {
                problems.append(
                    "the variable \(variable.name), demanded in line \(variable.line), is set by no file of the backup"
                )
            } else if project.values.contains(variable.name) {
                problems.append(
                    "the variable \(variable.name), used in line \(variable.line), is set by no file of the backup, and had a value in its containers"
                )
            } else {
                open.append("\(variable.name) in line \(variable.line) is set by no file of the backup")
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
