extension AssistantHost {
    /// The hosts whose file may lie at `path`, whoever's home or project it is in.
    ///
    /// - Parameter path: from the root; the names behind the place that a row begins with must be its last ones.
    package static func keeping(_ path: String) -> [AssistantHost] {
        let parts = path.split(separator: "/")
        return allHosts.filter { host in
            let places = host.files.values.joined().map { Self.names($0.template) }
            let project = host.projectFile.map { [Self.names($0)] } ?? []
            return (places + project).contains { Self.ends(parts, with: $0) }
        }
    }

    /// Whether `path` is the place of its file in the home of some account, on any system.
    package func isOwnElsewhere(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return files.values.joined().contains { pattern in
            guard !pattern.isNamedByVariable else { return false }
            let names = Self.names(pattern.template)
            // Below what a template begins at may be what a system puts between it and the home.
            guard parts.count > names.count, Self.matches(parts.suffix(names.count), names) else {
                return false
            }
            let folder = parts.dropLast(names.count)
            switch folder.first {
            case "root": return folder.count == 1 || folder.dropFirst().elementsEqual([".config"])
            case "home", "Users":
                let rest = folder.dropFirst(2)
                return folder.count >= 2 && Self.bases.contains { $0.elementsEqual(rest.map(String.init)) }
            default: return false
            }
        }
    }

    /// What lies between an account's home and where programs keep their files, by system.
    private static let bases = [
        [], [".config"], ["Library", "Application Support"], ["AppData", "Roaming"], ["AppData", "Local"],
    ]

    /// The last names of the paths where its file may lie, for its user or in a project.
    package func fileNames(on system: HostSystem) -> Set<String> {
        let templates = (files[system] ?? []).map(\.template) + [projectFile].compactMap(\.self)
        return Set(templates.compactMap { Self.names($0).last.map(String.init) })
    }

    /// The names of a path behind the place it begins at.
    private static func names(_ template: String) -> [Substring] {
        let start = template.firstIndex(of: "}").map { template.index(after: $0) } ?? template.startIndex
        return template[start...].split(separator: "/")
    }

    /// Whether a path has these last names; a lone name that any program may have says nothing.
    private static func ends(_ path: [Substring], with names: [Substring]) -> Bool {
        guard path.count >= names.count, names.count > 1 || names.first?.hasPrefix(".") == true else {
            return false
        }
        return matches(path.suffix(names.count), names)
    }

    private static func matches(_ parts: ArraySlice<Substring>, _ names: [Substring]) -> Bool {
        zip(parts, names).allSatisfy { part, name in
            guard let star = name.firstIndex(of: "*") else { return part == name }
            let (head, tail) = (name[..<star], name[name.index(after: star)...])
            return part.count >= head.count + tail.count && part.hasPrefix(head) && part.hasSuffix(tail)
        }
    }
}
