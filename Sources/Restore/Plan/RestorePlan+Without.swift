import Basics

/// The same plan without what was refused.
extension RestorePlan {
    /// Files that come or change and that `text` names, by their paths or as units; the first few.
    package func files(namedIn text: String) -> [String] {
        steps.lazy.filter { $0.action == .create || $0.action == .replace }.filter { step in
            Self.names(text, step.name) || step.unitName.map { Self.names(text, String($0)) } ?? false
        }.prefix(Self.namedLimit).map(\.name)
    }

    /// How many files a command leaves out by name, at most.
    private static let namedLimit = 8

    /// Whether `name` stands in `text`, and is no part of a longer name.
    private static func names(_ text: String, _ name: String) -> Bool {
        guard !name.isEmpty, text.contains(name) else { return false }
        func isOfName(_ character: Character?) -> Bool {
            guard let character else { return false }
            return character.isLetter || character.isNumber || "-_@\\/".contains(character)
        }
        return text.ranges(of: name).contains { range in
            let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : nil
            let rest = text[range.upperBound...]
            let goesOn = isOfName(rest.first) || rest.first == "." && isOfName(rest.dropFirst().first)
            // A path before a unit's name is the path of that unit.
            return !goesOn && (before == "/" || !isOfName(before))
        }
    }

    /// Most sections that a command names; a plan of more was one of all.
    private static let namedSections = 4

    /// The command that makes such a plan again, for what is as it is then.
    package var again: String {
        var words = ["holdfast", "restore", "plan", backup.shellWord]
        if place == .inPlace { words.append("--in-place") }
        if isForOther { words += ["--device", target.device.shellWord] }
        if paths.isEmpty, sections.count <= Self.namedSections {
            for section in sections { words += ["--section", section.shellWord] }
        }
        for path in paths { words += ["--path", path.shellWord] }
        for map in maps { words += ["--map", map.shellWord] }
        for path in excludes { words += ["--exclude", path.shellWord] }
        words += containers?.options ?? []
        return words.joined(separator: " ")
    }

    /// The command that makes this plan again without `paths`.
    ///
    /// - Parameters:
    ///   - owner: the device of the backup.
    ///   - all: every section that a plan takes unless some are named.
    package func command(without paths: [String], owner: String, all: [String]) -> String {
        var words = ["holdfast", "restore", "plan", backup.shellWord]
        let isWhole = Set(sections) == Set(all) && self.paths.isEmpty
        if isForOther, isWhole {
            words = ["holdfast", "rebuild", "plan", owner.shellWord, "--device", target.device.shellWord]
        } else {
            if place == .inPlace { words.append("--in-place") }
            if isForOther { words += ["--device", target.device.shellWord] }
            if !isWhole {
                for section in sections where self.paths.isEmpty {
                    words += ["--section", section.shellWord]
                }
                for path in self.paths { words += ["--path", path.shellWord] }
            }
        }
        for map in maps { words += ["--map", map.shellWord] }
        for path in excludes + paths { words += ["--exclude", path.shellWord] }
        words += containers?.options ?? []
        return words.joined(separator: " ")
    }
}
