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
        return zip(path.suffix(names.count), names).allSatisfy { part, name in
            guard let star = name.firstIndex(of: "*") else { return part == name }
            let (head, tail) = (name[..<star], name[name.index(after: star)...])
            return part.count >= head.count + tail.count && part.hasPrefix(head) && part.hasSuffix(tail)
        }
    }
}
