/// Quoting for the scripts that are generated.
enum ShellQuoting {
    /// The text between single quotes of a POSIX shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The text between single quotes of fish, where a backslash protects.
    static func quotedForFish(_ text: String) -> String {
        let inner = text.reduce(into: "") { result, character in
            if character == "'" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return "'" + inner + "'"
    }
}
