/// Unified differences of texts.
package enum TextDiff {
    /// Texts with more lines than this are told to differ without a line-by-line comparison.
    package static let lineLimit = 10_000

    /// The unified diff of two texts without its two header lines; empty when they are equal.
    ///
    /// Nil when a text is no UTF-8, holds NUL, or is longer than `lineLimit`.
    /// - Parameter context: how many equal lines stand around each change.
    package static func unified(_ old: [UInt8], _ new: [UInt8], context: Int = 3) -> [String]? {
        guard let before = lines(old), let after = lines(new) else { return nil }
        let edits = script(before, after)
        return hunks(edits, context: context)
    }

    private enum Edit {
        case keep(String)
        case remove(String)
        case insert(String)

        var isKept: Bool {
            if case .keep = self { true } else { false }
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String]? {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        // By bytes: a carriage return and a line feed are one character.
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if lines.last?.isEmpty == true {
            lines.removeLast()
        } else {
            lines[lines.count - 1] += "\n\\ No newline at end"
        }
        return lines.count <= lineLimit ? lines : nil
    }

    /// All lines of both texts in order, each marked as kept, removed or inserted (Myers, by the standard library).
    private static func script(_ old: [String], _ new: [String]) -> [Edit] {
        // Equal ends need no comparison: most changes touch few lines.
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
        let (oldCore, newCore) = (Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in newCore.difference(from: oldCore) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var edits = old[..<start].map(Edit.keep)
        var (oldIndex, newIndex) = (0, 0)
        while oldIndex < oldCore.count || newIndex < newCore.count {
            if removed.contains(oldIndex) {
                edits.append(.remove(oldCore[oldIndex]))
                oldIndex += 1
            } else if inserted.contains(newIndex) {
                edits.append(.insert(newCore[newIndex]))
                newIndex += 1
            } else {
                edits.append(.keep(oldCore[oldIndex]))
                oldIndex += 1
                newIndex += 1
            }
        }
        return edits + old[(old.count - end)...].map(Edit.keep)
    }

    private static func hunks(_ edits: [Edit], context: Int) -> [String] {
        var shown = [Bool](repeating: false, count: edits.count)
        for (index, edit) in edits.enumerated() where !edit.isKept {
            for near in max(0, index - context)...min(edits.count - 1, index + context) { shown[near] = true }
        }
        var result: [String] = []
        var (oldLine, newLine) = (1, 1)
        var index = 0
        while index < edits.count {
            guard shown[index] else {
                (oldLine, newLine, index) = (oldLine + 1, newLine + 1, index + 1)
                continue
            }
            let end = shown[index...].firstIndex(of: false) ?? edits.count
            let body = edits[index..<end]
            let oldCount = body.filter { if case .insert = $0 { false } else { true } }.count
            let newCount = body.filter { if case .remove = $0 { false } else { true } }.count
            result.append("@@ -\(oldLine),\(oldCount) +\(newLine),\(newCount) @@")
            for edit in body {
                switch edit {
                case .keep(let line): result.append(" " + line)
                case .remove(let line): result.append("-" + line)
                case .insert(let line): result.append("+" + line)
                }
            }
            (oldLine, newLine, index) = (oldLine + oldCount, newLine + newCount, end)
        }
        return result
    }
}
