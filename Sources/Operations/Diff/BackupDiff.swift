import Basics
import Collectors
import Vault

/// One file that differs between two states of a device.
package struct FileChange: Codable, Sendable, Equatable {
    package let path: String
    package let change: ChangeKind
    /// What differs: `content`, `mode 0644 -> 0600`, `owner …`, `kind …`, `target …`, `attributes`.
    package let what: [String]
    /// Unified diff of a text, secrets hidden; empty for anything else.
    package let text: [String]
}

/// A section that one of the two states lacks, or has in another quality.
package struct SectionChange: Codable, Sendable, Equatable {
    package let section: String
    /// Status in the first state; nil where it has no such section.
    package let old: String?
    package let new: String?
}

/// A section that one of the states did not read, or not to its end.
package struct SectionGap: Codable, Sendable, Equatable {
    package let section: String
    /// The state that does not have all of it: a backup's id or `live`; nil when the section cannot be compared at all.
    package let state: String?
    /// How many files and things the other state has besides.
    package let things: Int

    /// - Parameter isLive: whether the second state is the device as it is.
    fileprivate func sentence(isLive: Bool) -> String {
        if isLive, state == nil, DataSource.all(stopSeconds: nil).contains(where: { $0.name == section }) {
            return
                "\(section): not compared, as data is not read to compare it; two backups tell what changed"
        }
        guard let state else { return "\(section): one of the two could not be read" }
        return
            "\(section): \(state) could not read all of it; \(things.counted("thing")) that the other has may be there as well"
    }
}

/// What differs between two states of a device.
package struct BackupDiff: Codable, Sendable, Displayable {
    /// The first state: a backup's id.
    package let from: String
    /// The second state: a backup's id, or `live`.
    package let to: String
    package let sections: [SectionChange]
    /// What nobody can tell, as one state could not see it.
    package let notKnown: [SectionGap]
    /// Sections of data, which no live state is read for; nobody asked for them by name.
    package let notCompared: [String]
    package let items: [ItemChange]
    package let files: [FileChange]

    package var isEmpty: Bool { sections.isEmpty && notKnown.isEmpty && items.isEmpty && files.isEmpty }
    package var isComplete: Bool { notKnown.isEmpty }

    package var display: [DisplayBlock] {
        let uncompared =
            notCompared.isEmpty
            ? []
            : [
                DisplayBlock.lines([
                    Cell(
                        "Not compared: \(notCompared.joined(separator: ", ")), as data is not read to compare it; two backups tell what changed.",
                        .dim, isOwn: true)
                ])
            ]
        guard !isEmpty else {
            return [.lines([Cell("No difference between \(from) and \(to).", .good)])] + uncompared
        }
        var blocks: [DisplayBlock] = [.lines([Cell("From \(from) to \(to):")])]
        if !sections.isEmpty {
            blocks += [
                .heading("Sections"),
                .lines(
                    sections.map {
                        Cell(
                            "\($0.section): \($0.old ?? "not read") -> \($0.new ?? "not read")", .warning,
                            isOwn: true)
                    }),
            ]
        }
        if !notKnown.isEmpty {
            blocks += [
                .heading("Not known"),
                .lines(notKnown.map { Cell($0.sentence(isLive: to == "live"), .warning, isOwn: true) }),
            ]
        }
        if !items.isEmpty { blocks += [.heading("What is there"), .lines(items.flatMap(Self.lines))] }
        if !files.isEmpty { blocks += [.heading("Files"), .lines(files.flatMap(Self.lines))] }
        return blocks + uncompared
    }

    private static func sign(_ change: ChangeKind) -> (String, Tone) {
        switch change {
        case .added: ("+", .good)
        case .removed: ("-", .bad)
        case .changed: ("~", .warning)
        }
    }

    private static func lines(_ item: ItemChange) -> [Cell] {
        let (sign, tone) = sign(item.change)
        return [Cell("\(sign) \(item.kind) \(item.name.onOneLine)", tone)]
            + item.fields.map { field in
                // Its secrets were hidden by name before they were compared.
                Cell("    \(field.field): \(text(field.old)) -> \(text(field.new))", isOwn: true)
            }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value else { return "–" }
        return value.string?.onOneLine ?? JSONWriter.text(value)
    }

    private static func lines(_ file: FileChange) -> [Cell] {
        let (sign, tone) = sign(file.change)
        let what = file.what.isEmpty ? "" : " (\(file.what.joined(separator: ", ")))"
        return [Cell("\(sign) \(file.path.onOneLine)\(what)", tone)]
            + file.text.map { line in
                // The secrets of both texts were hidden before they were compared.
                let tone: Tone = line.hasPrefix("+") ? .good : line.hasPrefix("-") ? .bad : .dim
                return Cell("    " + line, tone, isOwn: true)
            }
    }
}

extension String {
    /// The text with its line feeds written out, so that a name from a device cannot pretend to be a line of ours.
    fileprivate var onOneLine: String {
        contains { $0.isNewline } ? split(whereSeparator: \.isNewline).joined(separator: "\\n") : self
    }
}
