extension SSHConfig {
    /// Files may include others so deep, and there may be so many in all.
    private static let deepest = 16
    private static let mostFiles = 256

    /// Reads the files at `paths` one after the other; one that is missing is passed over.
    ///
    /// - Parameter home: what `~` stands for; relative paths of `Include` are looked up in its `.ssh`, those of the
    ///   machine's own configuration in `/etc/ssh`.
    package init(paths: [String], home: String, files: Files = .system) {
        var reader = Reader(home: home, files: files)
        for path in paths {
            guard let text = files.text(path) else { continue }
            // A Host block ends with its file.
            items.append(.included(reader.items(of: text, at: path, chain: [path])))
        }
        warnings = reader.warnings
    }

    /// Reads one text; for tests and for input that is no file.
    package init(text: String, home: String = "/nonexistent", files: Files = .system) {
        var reader = Reader(home: home, files: files)
        items = reader.items(of: text, at: "config", chain: [])
        warnings = reader.warnings
    }

    private struct Reader {
        let home: String
        let files: Files
        var warnings: [String] = []
        var filesRead = 0

        mutating func items(of text: String, at path: String, chain: [String]) -> [Item] {
            var items: [Item] = []
            for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .enumerated()
            {
                let place = "\(path) line \(index + 1)"
                guard let words = SSHConfigLine.words(line) else {
                    warnings.append("\(place): a quotation mark is missing")
                    continue
                }
                guard let first = words.first else { continue }
                let values = Array(words.dropFirst())
                guard !values.isEmpty else {
                    warnings.append("\(place): ‘\(first)’ has no value")
                    continue
                }
                switch first.lowercased() {
                case "host": items.append(.host(values))
                case "match": items.append(.match(criteria(values, at: place)))
                case "include": items += values.flatMap { included($0, at: place, chain: chain) }
                case let keyword:
                    if keyword == "port", Int(values[0]).map((1...65_535).contains) != true {
                        warnings.append("\(place): ‘\(first) \(values[0])’ is no port and is passed over")
                    }
                    items.append(.setting(keyword: keyword, values: values))
                }
            }
            return items
        }

        private mutating func included(_ pattern: String, at place: String, chain: [String]) -> [Item] {
            guard chain.count < SSHConfig.deepest else {
                warnings.append("\(place): includes are nested too deep")
                return []
            }
            var items: [Item] = []
            let wanted = absolute(pattern, from: chain.first)
            let paths = files.paths(wanted)
            if paths.isEmpty { warnings.append("\(place): Include \(pattern) matches no file (\(wanted))") }
            for path in paths {
                filesRead += 1
                if chain.contains(path) || filesRead > SSHConfig.mostFiles {
                    warnings.append("\(place): \(path) is not included again")
                } else if let text = files.text(path) {
                    items.append(.included(self.items(of: text, at: path, chain: chain + [path])))
                } else {
                    warnings.append("\(place): cannot read \(path)")
                }
            }
            return items
        }

        /// - Parameter root: the file with which the reading began.
        /// - SeeAlso: `ssh_config(5)`, `Include`
        private func absolute(_ pattern: String, from root: String?) -> String {
            if pattern.hasPrefix("/") { return pattern }
            if pattern.hasPrefix("~/") { return home + pattern.dropFirst() }
            return (root?.hasPrefix("/etc/ssh/") == true ? "/etc/ssh/" : home + "/.ssh/") + pattern
        }

        private mutating func criteria(_ words: [String], at place: String) -> [Criterion] {
            var result: [Criterion] = []
            var rest = words[...]
            while let word = rest.popFirst() {
                let isNegated = word.hasPrefix("!")
                let parts = word.drop { $0 == "!" }.split(separator: "=", maxSplits: 1).map(String.init)
                let keyword = (parts.first ?? "").lowercased()
                if ["all", "final", "canonical"].contains(keyword) {
                    result.append(Criterion(keyword: keyword, isNegated: isNegated, patterns: []))
                    continue
                }
                let value = parts.count > 1 ? parts[1] : rest.popFirst() ?? ""
                if !["host", "originalhost", "user", "localuser"].contains(keyword) {
                    warnings.append("\(place): ‘Match \(keyword)’ is not evaluated, the block is passed over")
                }
                let patterns = value.split(separator: ",").map(String.init)
                result.append(Criterion(keyword: keyword, isNegated: isNegated, patterns: patterns))
            }
            return result
        }
    }
}

/// The words of one line of an OpenSSH configuration.
enum SSHConfigLine {
    /// The keyword and its values; empty for a comment, nil when a quotation mark is missing.
    static func words(_ line: some StringProtocol) -> [String]? {
        var rest = Substring(line).drop(while: \.isWhitespace)
        guard let first = rest.first, first != "#" else { return [] }
        let keyword = rest.prefix { !$0.isWhitespace && $0 != "=" }
        rest = rest.dropFirst(keyword.count).drop(while: \.isWhitespace)
        if rest.first == "=" { rest = rest.dropFirst() }
        var words = [String(keyword)]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard let next = rest.first, next != "#" else { return words }
            guard let word = takeWord(from: &rest) else { return nil }
            words.append(word)
        }
    }

    private static func takeWord(from rest: inout Substring) -> String? {
        var word = ""
        var quote: Character?
        while let character = rest.first {
            if quote == nil, character.isWhitespace { break }
            rest = rest.dropFirst()
            if character == "\\", let next = rest.first, next == "\\" || next == "\"" || next == "'" {
                word.append(next)
                rest = rest.dropFirst()
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else {
                word.append(character)
            }
        }
        return quote == nil ? word : nil
    }
}
