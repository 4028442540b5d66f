import Basics

extension RebuildRunbook {
    /// The runbook as Markdown, to be followed line by line and ticked off.
    package var markdown: String {
        var lines = [
            "# Rebuild \(Self.plain(device))", "",
            "From backup `\(backup)` of \(taken) (drill: \(proof)), onto \(Self.plain(machine)).", "",
            "Of \(count(.coverable) + count(.byHand) + count(.lost)) things, **\(count(.coverable))** come back by command, "
                + "**\(count(.byHand))** are done by hand, **\(count(.lost))** are lost.", "",
        ]
        for warning in warnings { lines += ["> **Attention:** \(Self.plain(warning))", ""] }
        lines += [
            "Work from top to bottom. `USER@ADDRESS` is the new machine. "
                + "`restore plan` shows what it would do and prints the name of a plan: put it in the place of `PLAN`. Nothing is changed before `restore apply`.",
            "",
        ]
        for (number, chapter) in chapters.enumerated() { lines += Self.lines(chapter, number + 1) }
        lines += [
            "## All commands where Holdfast runs, in order", "",
            "Only the list: what is done on the new machine between them stands in the chapters.", "",
        ]
        lines += Self.block(chapters.flatMap(\.steps).filter { $0.place == .here }.flatMap(\.commands))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ chapter: Chapter, _ number: Int) -> [String] {
        var lines = ["## \(number). \(chapter.title)", "", plain(chapter.about), ""]
        for step in chapter.steps {
            lines += [step.place == .here ? "Where Holdfast runs:" : "On the new machine, as root:", ""]
            lines += block(step.commands)
        }
        for fate in Fate.allCases {
            let items = chapter.items.filter { $0.fate == fate }
            guard !items.isEmpty else { continue }
            lines += ["\(heading(fate)):", ""]
            lines += items.map { "- [ ] \(code($0.name)): \(plain($0.reason))" }
            lines.append("")
        }
        return lines
    }

    private static func heading(_ fate: Fate) -> String {
        switch fate {
        case .coverable: "Comes back"
        case .byHand: "**By hand**"
        case .lost: "**Lost**"
        }
    }

    private static func block(_ commands: [String]) -> [String] {
        guard !commands.isEmpty else { return [] }
        let text = commands.map { TerminalText.escape($0) }
        // A fence is longer than any run of backticks inside.
        let fence = String(repeating: "`", count: max(3, longestRun(text.joined(separator: "\n")) + 1))
        return ["\(fence)sh"] + text + [fence, ""]
    }

    /// What a device said, as code: whatever it holds is shown and means nothing.
    private static func code(_ text: String) -> String {
        let shown = TerminalText.escape(text)
        let fence = String(repeating: "`", count: longestRun(shown) + 1)
        let needsRoom = shown.hasPrefix("`") || shown.hasSuffix("`")
        return needsRoom ? "\(fence) \(shown) \(fence)" : "\(fence)\(shown)\(fence)"
    }

    /// Text in which nothing is a heading, a link or HTML.
    private static func plain(_ text: String) -> String {
        var result = ""
        for letter in TerminalText.escape(text) {
            if "\\`*[]<>|".contains(letter) { result.append("\\") }
            result.append(letter)
        }
        return result
    }

    private static func longestRun(_ text: String) -> Int {
        var (longest, current) = (0, 0)
        for letter in text {
            current = letter == "`" ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
