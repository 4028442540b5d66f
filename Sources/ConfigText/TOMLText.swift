package import Basics

/// The text of a TOML configuration.
///
/// A table is added as one with a header of its own at the end, and taken out where it has one; what is written in any
/// other way, as inside of braces, is not changed.
package struct TOMLText: ConfigDocument {
    private let bytes: [UInt8]
    private let statements: [TOMLStatement]
    package let literals: [ConfigLiteral]
    private let tree: JSONValue
    private let layout: TextLayout

    /// Reads it whole.
    package init(_ bytes: [UInt8]) throws(ConfigTextError) {
        self.bytes = bytes
        (statements, literals) = try TOMLTextReader.read(bytes)
        switch TOMLTree.tree(of: statements) {
        case .success(let tree): self.tree = tree
        case .failure(let twice):
            throw ConfigTextError(
                .unreadable,
                "‘\(twice.statement.path.joined(separator: "."))’ is there twice, or in two ways",
                at: twice.statement.range.lowerBound, of: bytes)
        }
        layout = TextLayout(bytes, unit: "  ")
    }

    package func value(at path: [String]) throws(ConfigTextError) -> JSONValue? {
        try tree.value(at: path)
    }

    package func entry(at path: [String]) throws(ConfigTextError) -> ConfigValue? {
        try value(at: path).map { json in
            ConfigValue(json) { inner in
                let whole = path + inner
                return statements.filter { $0.path.count > whole.count && $0.path.starts(with: whole) }
                    .map { $0.path[whole.count] }
            }
        }
    }

    package func written(at path: [String]) throws(ConfigTextError) -> ConfigValue? {
        guard let value = try value(at: path) else { return nil }
        let inside = statements.filter { $0.path.starts(with: path) }
        if inside.count == 1, case .pair(_, let range) = inside[0].content, inside[0].path == path {
            return .written(String(decoding: bytes[range], as: UTF8.self), means: value)
        }
        // Sections that follow each other go with what stands between them.
        var ranges: [Range<Int>] = []
        for part in try parts(of: path) {
            let range = part.range.lowerBound..<lineEnd(part.range)
            let isNext = ranges.last.map { last in
                !statements.contains { (last.upperBound..<range.lowerBound).contains($0.range.lowerBound) }
            }
            if isNext == true, let last = ranges.popLast() {
                ranges.append(last.lowerBound..<range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        let texts = ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
        return .written(texts.joined(separator: "\n\n"), means: value)
    }

    package func setting(_ path: [String], to value: ConfigValue) throws(ConfigTextError) -> [UInt8] {
        guard try self.value(at: path) != nil else {
            return try checked(adding(path, value), path, value.json)
        }
        if case .written(let text, _) = value, value.isSections {
            return try checked(replacing(path, laid(text)), path, value.json)
        }
        let pair = statements.first { $0.path == path && !$0.isHeader }
        if value.isWritten ? pair == nil : value.json.object != nil {
            let without = try TOMLText(removing(path))
            return try without.setting(path, to: value)
        }
        guard case .pair(_, let range)? = pair?.content else { throw otherForm(path) }
        return try checked(
            TextEdit.apply([TextEdit(range, Self.inline(value))], to: bytes), path, value.json)
    }

    package func removing(_ path: [String]) throws(ConfigTextError) -> [UInt8] {
        guard try value(at: path) != nil else { return bytes }
        let parts = sections().filter { $0.path.starts(with: path) }
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isElement }) else { throw otherForm(path) }
        var edits: [TextEdit] = []
        for range in parts.map({ whole($0.range) }) {
            let done = edits.last?.range.upperBound ?? 0
            edits.append(TextEdit(max(done, range.lowerBound)..<max(done, range.upperBound)))
        }
        return try checked(TextEdit.apply(edits, to: bytes), path, nil)
    }

    /// The sections of a table that has headers of its own, and is written nowhere else.
    private func parts(of path: [String]) throws(ConfigTextError) -> [Section] {
        let parts = sections().filter { $0.path.starts(with: path) }
        let isWhole = statements.allSatisfy { statement in
            !statement.path.starts(with: path)
                || parts.contains { $0.range.contains(statement.range.lowerBound) }
        }
        guard !parts.isEmpty, isWhole, parts.allSatisfy({ !$0.isElement || $0.path != path }) else {
            throw otherForm(path)
        }
        return parts
    }

    /// The text with these sections in the place of those that a table has.
    private func replacing(_ path: [String], _ text: String) throws(ConfigTextError) -> [UInt8] {
        var edits: [TextEdit] = []
        for (index, part) in try parts(of: path).enumerated() {
            if index == 0 {
                edits.append(TextEdit(part.range.lowerBound..<lineEnd(part.range), text))
            } else {
                let (range, done) = (whole(part.range), edits.last?.range.upperBound ?? 0)
                edits.append(TextEdit(max(done, range.lowerBound)..<max(done, range.upperBound)))
            }
        }
        return TextEdit.apply(edits, to: bytes)
    }

    /// The same with this text's ends of lines, where none stands inside a value.
    private func laid(_ text: String) -> String {
        guard !text.contains("\"\"\""), !text.contains("'''") else { return text }
        return text.replacing("\r\n", with: "\n").replacing("\n", with: layout.lineEnd)
    }

    /// The end of the line that a section ends on, with the comment there.
    private func lineEnd(_ range: Range<Int>) -> Int {
        let end = bytes[range.upperBound...].firstIndex(of: 0x0A) ?? bytes.count
        return end > range.upperBound && bytes[end - 1] == 0x0D ? end - 1 : end
    }

    // MARK: Sections

    private struct Section {
        let path: [String]
        let isElement: Bool
        /// From its header to the end of its last statement.
        var range: Range<Int>
    }

    private func sections() -> [Section] {
        var sections: [Section] = []
        for statement in statements {
            if case .header(let isElement) = statement.content {
                sections.append(
                    Section(path: statement.path, isElement: isElement, range: statement.range))
            } else if let last = sections.indices.last {
                sections[last].range = sections[last].range.lowerBound..<statement.range.upperBound
            }
        }
        return sections
    }

    /// The lines of a section, with one empty line before it, or after it where it is the first thing.
    private func whole(_ range: Range<Int>) -> Range<Int> {
        var start = layout.lineStart(of: range.lowerBound)
        let feed = bytes[range.upperBound...].firstIndex(of: 0x0A)
        var end = feed.map { $0 + 1 } ?? bytes.count
        guard let before = lineEndBefore(start) else {
            while end < bytes.count, bytes[end] == 0x0A || bytes[end...].starts(with: [0x0D, 0x0A]) {
                end += bytes[end] == 0x0A ? 1 : 2
            }
            return start..<end
        }
        // A text whose last line has no end keeps that form.
        if feed == nil { start = before }
        if feed != nil, isEmptyLine(before) { start = before }
        if feed == nil, let more = lineEndBefore(start), isEmptyLine(before) { start = more }
        return start..<end
    }

    /// Where the end of the line that ends right before `offset` begins; nil where none does.
    private func lineEndBefore(_ offset: Int) -> Int? {
        guard offset > 0, bytes[offset - 1] == 0x0A else { return nil }
        return offset > 1 && bytes[offset - 2] == 0x0D ? offset - 2 : offset - 1
    }

    /// Whether the line whose end begins there holds nothing.
    private func isEmptyLine(_ lineEnd: Int) -> Bool {
        lineEnd == 0 || bytes[lineEnd - 1] == 0x0A
    }

    // MARK: Writing

    private func adding(_ path: [String], _ value: ConfigValue) throws(ConfigTextError) -> [UInt8] {
        let lines: [String]
        switch value {
        case .table(let members):
            lines =
                ["[" + path.map(Self.key).joined(separator: ".") + "]"]
                + members.map { "\(Self.key($0.name)) = \(Self.inline($0.value))" }
        case .written(let text, _) where value.isSections: lines = [laid(text)]
        default: return try addingPair(path, value)
        }
        // A list of tables, or a table in braces, on the way cannot be added to by a header.
        for count in 1..<path.count {
            let prefix = Array(path.prefix(count))
            let isClosed = statements.contains { statement in
                guard statement.path == prefix else { return false }
                if case .header(isElement: false) = statement.content { return false }
                return true
            }
            if isClosed { throw otherForm(prefix) }
        }
        let nl = layout.lineEnd
        let isEmpty = !bytes.contains { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        let isOpen = !bytes.isEmpty && bytes.last != 0x0A
        let start = isEmpty ? "" : isOpen ? nl + nl : nl
        return bytes + Array((start + lines.joined(separator: nl) + (isOpen && !isEmpty ? "" : nl)).utf8)
    }

    /// Adds a line to the table that has a header.
    private func addingPair(_ path: [String], _ value: ConfigValue) throws(ConfigTextError) -> [UInt8] {
        let parent = Array(path.dropLast())
        guard let name = path.last, !parent.isEmpty else { throw otherForm(path) }
        guard let section = sections().first(where: { $0.path == parent && !$0.isElement }) else {
            guard case .written = value else { throw otherForm(path) }
            let text =
                "[" + parent.map(Self.key).joined(separator: ".") + "]\(layout.lineEnd)\(Self.key(name)) = "
            return try adding(path, .written(text + Self.inline(value), means: [:]))
        }
        let end =
            bytes[section.range.upperBound...].firstIndex(of: 0x0A).map {
                $0 > 0 && bytes[$0 - 1] == 0x0D ? $0 - 1 : $0
            } ?? bytes.count
        let line = layout.lineEnd + "\(Self.key(name)) = \(Self.inline(value))"
        return TextEdit.apply([TextEdit(at: end, line)], to: bytes)
    }

    /// One element of the list of tables at `path`, to be copied by people.
    static func element(_ value: ConfigValue, of path: [String]) -> String {
        guard case .table(let members) = value else { return inline(value) + "\n" }
        let header = "[[" + path.map(key).joined(separator: ".") + "]]\n"
        return header + members.map { "\(key($0.name)) = \(inline($0.value))\n" }.joined()
    }

    private func otherForm(_ path: [String]) -> ConfigTextError {
        ConfigTextError(
            .unsupported,
            "‘\(path.joined(separator: "."))’ is written in a form that is not changed here")
    }

    private static func key(_ name: String) -> String {
        !name.isEmpty && name.utf8.allSatisfy(TOMLTextReader.isBare) ? name : inline(.text(name))
    }

    private static func inline(_ value: ConfigValue) -> String {
        switch value {
        // TOML's texts in double quotes have all of JSON's escapes but the slash, which is not written so.
        case .flag, .integer, .scalar, .text: JSONWriter.text(value.json)
        case .written(let text, _): text
        case .list(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
        case .table(let members):
            "{ " + members.map { "\(key($0.name)) = \(inline($0.value))" }.joined(separator: ", ") + " }"
        }
    }

    /// The text, after a look that it means what was wanted and nothing else.
    private func checked(
        _ text: [UInt8], _ path: [String], _ value: JSONValue?
    ) throws(ConfigTextError) -> [UInt8] {
        // A table that names with dots make gets no header.
        guard let read = try? TOMLText(text) else { throw otherForm(path) }
        guard try read.value(at: path) == value,
            Self.without(path[...], read.tree) == Self.without(path[...], tree)
        else { throw ConfigTextError(.unsupported, "the change would touch more than the entry") }
        return text
    }

    /// The tree without what is at `path`, and without tables that are empty then.
    private static func without(_ path: ArraySlice<String>, _ tree: JSONValue) -> JSONValue? {
        guard let name = path.first else { return nil }
        guard var members = tree.object else { return tree }
        members[name] = members[name].flatMap { without(path.dropFirst(), $0) }
        guard !members.isEmpty else { return nil }
        return .object(members)
    }
}

extension ConfigValue {
    fileprivate var isWritten: Bool {
        guard case .written = self else { return false }
        return true
    }

    /// Whether it is written as sections of TOML, and not behind a name.
    fileprivate var isSections: Bool {
        guard case .written(let text, let value) = self, value.object != nil else { return false }
        return text.hasPrefix("[")
    }
}
