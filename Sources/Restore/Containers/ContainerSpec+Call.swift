import RemoteExecution

extension ContainerSpec {
    /// Longest line that an engine's client reads from a file of variables, in bytes; some less.
    private static let lineLimit = 60_000

    /// Shell text that calls `function` with the name and what makes the container from an image.
    ///
    /// Variables come from the function `hf_env`, to be read by the command from its input: everybody on a machine sees
    /// the arguments of its commands. One that no line can hold stays an argument.
    /// - Parameters:
    ///   - image: shell text that stands for the image.
    ///   - word: quotes one word.
    func call(
        _ function: String, _ name: String, image: String,
        word: (String) -> String = { ShellQuoting.word($0) }
    ) -> String {
        let lines = creationOptions.parts.filter(Self.isLine).compactMap(\.last)
        var options = creationOptions.filter { !Self.isLine($0) }
        if !lines.isEmpty { options.add("--env-file", "/dev/stdin") }
        let said = lines.isEmpty ? ":" : "printf '%s\\n' " + lines.map(word).joined(separator: " ")
        let words = ([name] + options.words).map(word) + [image] + command.map(word)
        return "hf_env() { \(said); }\n\(function) \(words.joined(separator: " "))\n"
    }

    /// Whether a part is a variable that a line of a file means exactly: one line, neither comment nor blank before it.
    private static func isLine(_ part: [String]) -> Bool {
        guard part.count == 2, part[0] == "--env", part[1].utf8.count <= lineLimit,
            !part[1].utf8.contains(0x0A), !part[1].utf8.contains(0x0D)
        else { return false }
        let name = part[1].unicodeScalars.prefix { $0 != "=" }
        return name.first != "#" && name.first != "\u{FEFF}"
            && !name.contains { $0.properties.isWhitespace }
    }
}
