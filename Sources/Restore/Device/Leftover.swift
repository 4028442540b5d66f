import Basics

/// What a run had set aside or staged beside its target, and could not remove from the device at its end.
package struct Leftover: Sendable, Equatable {
    /// Where it lies.
    package let path: String
    /// What the device said when it was to be removed; empty where it said nothing.
    package let words: String

    /// What is said of it, and what to do.
    package var sentence: String {
        let why = words.isEmpty ? "" : " (\(TerminalText.escape(words)))"
        return
            "\(TerminalText.escape(path)) could not be removed and stays on the device\(why): where a file in it is immutable, first run there: chattr -R -i \(path.shellWord); then: rm -rf \(path.shellWord)"
    }

    /// What a device tells of in the lines of a step.
    static func told(in lines: [String]) -> [Leftover] {
        lines.filter { $0.hasPrefix(RunSteps.left) }.map { line in
            let parts = line.dropFirst(RunSteps.left.count).split(
                separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.count > 1 ? String(parts[1]) : ""
            return Leftover(
                path: String(parts[0]), words: words.hasPrefix("rm: ") ? String(words.dropFirst(4)) : words)
        }
    }
}
