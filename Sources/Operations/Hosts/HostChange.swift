import Basics
import ConfigText
import HostConfig

/// What became of an entry in a host's file.
package struct HostChange: Codable, Sendable, Displayable {
    /// How it ended.
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case added
        case replaced
        case removed
        /// It was there already, the same.
        case unchanged
        /// There was none to take out.
        case absent
        case wouldAdd = "would-add"
        case wouldReplace = "would-replace"
        case wouldRemove = "would-remove"
        /// Shown only, to be put in by hand.
        case printed

        var isWritten: Bool { [.added, .replaced, .removed].contains(self) }
    }

    /// The longest line of a difference that is shown, in characters.
    private static let lineLimit = 300

    package let host: String
    package let title: String
    package let name: String
    /// The file; nil where none was looked at.
    package let file: String?
    package let outcome: Outcome
    /// The text to put in by hand.
    package var entry: String?
    /// What changed, or would, as a unified difference.
    package var diff: [String] = []
    /// Where the file lies as it was before.
    package var copy: String?
    /// The backup of the file as it was before; nil where there is none.
    package var backup: String?
    /// Whether the host writes its file itself while it runs.
    package let isWrittenByHost: Bool

    init(host: AssistantHost, name: String, file: String?, outcome: Outcome) {
        self.host = host.id
        title = host.title
        self.name = name
        self.file = file
        self.outcome = outcome
        isWrittenByHost = host.makesFileItself
    }

    init(host: AssistantHost, entry: ServerEntry, outcome: Outcome) {
        self.init(host: host, name: entry.name, file: nil, outcome: outcome)
        self.entry = host.format.sample(host.place(of: entry.name), entry.value)
    }

    /// The lines that differ; long ones are cut, as some programs write their whole file on one.
    static func diff(_ old: [UInt8], _ new: [UInt8]) -> [String] {
        let lines =
            TextDiff.unified(old, new, context: 1) ?? [
                "(they differ; texts with NUL, without UTF-8 or with more than \(TextDiff.lineLimit) lines are not compared by lines)"
            ]
        return lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
            .map { line in
                let text = line.hasSuffix("\r") ? String(line.dropLast()) : line
                return text.count > lineLimit ? text.prefix(lineLimit) + " …" : text
            }
    }

    package var display: [DisplayBlock] {
        if let entry { return [.text(entry)] }
        var lines = [sentence]
        if let copy { lines.append(Cell("The file as it was: \(copy)", .dim)) }
        if let backup {
            lines.append(
                Cell("To have it back: holdfast host-config restore \(host) --backup \(backup)", .dim))
        }
        if outcome.isWritten {
            lines.append(
                Cell(
                    isWrittenByHost
                        ? "Start \(title) anew to have it read; one that ran meanwhile may write its file over."
                        : "Start \(title) anew to have it read."))
        }
        guard !outcome.isWritten, !diff.isEmpty else { return [.lines(lines)] }
        return [
            .lines(
                lines + diff.map { Cell($0, $0.hasPrefix("+") ? .good : $0.hasPrefix("-") ? .bad : .plain) })
        ]
    }

    private var sentence: Cell {
        let file = file ?? ""
        switch outcome {
        case .added: return Cell("\(title) has the server ‘\(name)’ now, in \(file).", .good)
        case .replaced: return Cell("The server ‘\(name)’ in \(file) was replaced.", .good)
        case .removed: return Cell("\(title) has no server ‘\(name)’ any more, in \(file).", .good)
        case .unchanged:
            return Cell("\(title) has the server ‘\(name)’ already, the same, in \(file).", .good)
        case .absent: return Cell("There is no server ‘\(name)’ in \(file).")
        case .wouldAdd: return Cell("The server ‘\(name)’ would be put into \(file):")
        case .wouldReplace:
            return Cell("The server ‘\(name)’ in \(file) would be replaced (--replace):", .warning)
        case .wouldRemove: return Cell("The server ‘\(name)’ would be taken out of \(file):")
        case .printed: return Cell("")
        }
    }
}
