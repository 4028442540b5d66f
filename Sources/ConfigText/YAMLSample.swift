import Basics

/// Writes a piece of YAML to be copied by people; nothing here reads it.
enum YAMLSample {
    /// `value` at `path`; a list of tables takes the place of its name.
    static func text(_ path: [String], _ value: ConfigValue) -> String {
        var names = path
        if case .list = value { names.removeLast() }
        let head = names.enumerated().map { String(repeating: "  ", count: $0) + $1 + ":\n" }.joined()
        let indent = String(repeating: "  ", count: names.count)
        guard case .list(let elements) = value else { return head + members(value, indent, indent) }
        return head + elements.map { members($0, indent + "- ", indent + "  ") }.joined()
    }

    private static func members(_ value: ConfigValue, _ first: String, _ indent: String) -> String {
        guard case .table(let members) = value else { return first + JSONWriter.text(value.json) + "\n" }
        // Texts and lists of JSON are such of YAML as well.
        return members.enumerated().map { index, member in
            (index == 0 ? first : indent) + member.name + ": " + JSONWriter.text(member.value.json) + "\n"
        }.joined()
    }
}
