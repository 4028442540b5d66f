package import Basics

/// The text of a JSON configuration, with or without comments and trailing commas.
package struct JSONText: ConfigDocument {
    private let bytes: [UInt8]
    private let root: JSONTextNode?
    private let layout: TextLayout

    /// Reads it whole.
    package init(_ bytes: [UInt8]) throws(ConfigTextError) {
        self.bytes = bytes
        root = try JSONTextReader.read(bytes)
        layout = TextLayout(bytes, unit: Self.unit(of: bytes, root))
    }

    /// What one level is indented by: the first member of the outermost object shows it.
    private static func unit(of bytes: [UInt8], _ root: JSONTextNode?) -> String {
        guard let first = root?.members?.first else { return "  " }
        let layout = TextLayout(bytes, unit: "")
        let indent = layout.indent(of: first.start)
        return layout.beginsLine(first.start) && !indent.isEmpty ? indent : "  "
    }

    package func value(at path: [String]) throws(ConfigTextError) -> JSONValue? {
        guard let root else { return nil }
        let (chain, node) = try walk(path, from: root)
        // No shorter: beside a value of JSON, `nil` would be its null.
        guard chain.count == path.count else { return nil }
        return node.json
    }

    package var literals: [ConfigLiteral] {
        var literals: [ConfigLiteral] = []
        if let root { collect(root, into: &literals) }
        return literals
    }

    private func collect(_ node: JSONTextNode, into literals: inout [ConfigLiteral]) {
        switch node.content {
        case .object(let members):
            for member in members {
                literals.append(ConfigLiteral(member.start..<member.nameEnd, member.name, .name))
                collect(member.value, into: &literals)
            }
        case .array(let elements):
            for element in elements { collect(element, into: &literals) }
        case .scalar(let value):
            // A number that is too large for one is kept as a text.
            let isText = bytes[node.range.lowerBound] == UInt8(ascii: "\"")
            literals.append(
                ConfigLiteral(node.range, value.string ?? JSONWriter.text(value), isText ? .text : .other))
        }
    }

    package func entry(at path: [String]) throws(ConfigTextError) -> ConfigValue? {
        guard let root else { return nil }
        let (chain, node) = try walk(path, from: root)
        return chain.count == path.count ? node.ordered : nil
    }

    package func written(at path: [String]) throws(ConfigTextError) -> ConfigValue? {
        guard let root else { return nil }
        let (chain, node) = try walk(path, from: root)
        guard chain.count == path.count else { return nil }
        let base = layout.indent(of: chain.last?.start ?? node.range.lowerBound)
        let lines = String(decoding: bytes[node.range], as: UTF8.self).replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
        let inner = lines.dropFirst().map { $0.hasPrefix(base) ? $0.dropFirst(base.count) : $0 }
        return .written((lines.prefix(1) + inner).joined(separator: "\n"), means: node.json)
    }

    package func setting(_ path: [String], to value: ConfigValue) throws(ConfigTextError) -> [UInt8] {
        guard let root else { return try checked(begun(path, value), path, value.json) }
        let (chain, node) = try walk(path, from: root)
        let rest = Array(path.dropFirst(chain.count))
        guard let name = rest.first else {
            let indent = layout.indent(of: chain.last.map(\.start) ?? root.range.lowerBound)
            let text = rendered(value, indent: indent, isCompact: isCompact(in: node))
            return try checked(
                TextEdit.apply([TextEdit(node.range, text)], to: bytes), path, value.json)
        }
        guard node.members != nil else { throw notATable(path.prefix(chain.count), node) }
        let inner = rest.dropFirst().reversed().reduce(value) { .table([.init($1, $0)]) }
        return try checked(
            TextEdit.apply(insertion(of: name, inner, into: node), to: bytes), path, value.json)
    }

    package func removing(_ path: [String]) throws(ConfigTextError) -> [UInt8] {
        guard let root, !path.isEmpty else { return bytes }
        let (chain, _) = try walk(path, from: root)
        guard chain.count == path.count else { return bytes }
        // A table that would be left with nothing at all goes with its last member.
        var depth = path.count - 1
        while depth > 0, holdsOnly(chain[depth], in: chain[depth - 1].value) { depth -= 1 }
        let parent = depth == 0 ? root : chain[depth - 1].value
        let edits = removal(of: chain[depth], from: parent)
        return try checked(TextEdit.apply(edits, to: bytes), Array(path.prefix(depth + 1)), nil)
    }

    // MARK: Finding

    /// The members that lead along `path` as far as they exist, and the value of the last of them.
    private func walk(
        _ path: [String], from root: JSONTextNode
    ) throws(ConfigTextError) -> (chain: [JSONTextNode.Member], node: JSONTextNode) {
        var chain: [JSONTextNode.Member] = []
        var node = root
        for name in path {
            guard let members = node.members else { throw notATable(path.prefix(chain.count), node) }
            let found = members.filter { $0.name == name }
            guard found.count < 2 else {
                throw ConfigTextError(.unsupported, "‘\(name)’ is there twice", at: found[1].start, of: bytes)
            }
            guard let member = found.first else { break }
            chain.append(member)
            node = member.value
        }
        return (chain, node)
    }

    private func notATable(_ path: ArraySlice<String>, _ node: JSONTextNode) -> ConfigTextError {
        let name = path.last.map { "‘\($0)’" } ?? "the outermost value"
        return ConfigTextError(
            .unsupported, "\(name) is no object", at: node.range.lowerBound, of: bytes)
    }

    private func holdsOnly(_ member: JSONTextNode.Member, in node: JSONTextNode) -> Bool {
        node.members?.count == 1 && member.gapStart == node.range.lowerBound + 1
            && node.innerEnd == (member.comma.map { $0 + 1 } ?? member.value.range.upperBound)
    }

    // MARK: Changing

    /// A text that had no value yet, with its comments.
    private func begun(_ path: [String], _ value: ConfigValue) -> [UInt8] {
        let whole = path.reversed().reduce(value) { .table([.init($1, $0)]) }
        let hasText = bytes.contains { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        let start = !hasText ? "" : bytes.last == 0x0A ? "" : layout.lineEnd
        let text = start + rendered(whole, indent: "", isCompact: false) + layout.lineEnd
        let head = hasText ? bytes : Array(bytes.prefix(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0))
        return head + Array(text.utf8)
    }

    /// Whether a value's surroundings stand on one line.
    private func isCompact(in node: JSONTextNode) -> Bool {
        guard let root, root.members?.isEmpty == false else { return false }
        return !bytes[root.range].contains(0x0A)
    }

    private func insertion(
        of name: String, _ value: ConfigValue, into node: JSONTextNode
    ) -> [TextEdit] {
        let members = node.members ?? []
        let inside = bytes[(node.range.lowerBound + 1)..<(node.range.upperBound - 1)]
        let isCompact = !inside.contains(0x0A) && (!members.isEmpty || isCompact(in: node))
        let outer = layout.indent(of: node.range.lowerBound)
        let indent: String
        if let first = members.first, layout.beginsLine(first.start) {
            indent = layout.indent(of: first.start)
        } else {
            indent = outer + layout.unit
        }
        var edits: [TextEdit] = []
        var text = isCompact ? (isSpaced && !members.isEmpty ? " " : "") : layout.lineEnd + indent
        text += quoted(name) + (isCompact && !isSpaced ? ":" : ": ")
        text += rendered(value, indent: indent, isCompact: isCompact)
        if let last = members.last {
            if last.comma == nil {
                edits.append(TextEdit(at: last.value.range.upperBound, ","))
            } else {
                text += ","
            }
        }
        if !isCompact, members.isEmpty, !bytes[node.innerEnd..<node.range.upperBound].contains(0x0A) {
            text += layout.lineEnd + outer
        }
        return edits + [TextEdit(at: node.innerEnd, text)]
    }

    /// Takes out a member with the blanks before it and the comma that it no longer needs; comments stay.
    private func removal(of member: JSONTextNode.Member, from node: JSONTextNode) -> [TextEdit] {
        let members = node.members ?? []
        guard !holdsOnly(member, in: node) else {
            return [TextEdit((node.range.lowerBound + 1)..<(node.range.upperBound - 1))]
        }
        let index = members.firstIndex { $0.start == member.start } ?? 0
        var edits: [TextEdit] = []
        if member.comma == nil, index > 0, let comma = members[index - 1].comma {
            edits.append(TextEdit(comma..<comma + 1))
        }
        var end = member.value.range.upperBound
        var isTight = false
        if let comma = member.comma {
            isTight = comma == end
            if isTight { end += 1 }
        }
        // In `{"a": 1, "b": 2}` the first member has no blank before it, and takes the one behind it.
        if isTight, index == 0, member.gapStart == member.start {
            while end < bytes.count, bytes[end] == 0x20 { end += 1 }
        }
        let keepsLine = member.followsLineComment && !layout.endsLine(end)
        edits.append(TextEdit(member.gapStart..<end, keepsLine ? layout.lineEnd : ""))
        if let comma = member.comma, !isTight { edits.append(TextEdit(comma..<comma + 1)) }
        return edits
    }

    /// The text, after a look that it means what was wanted and nothing else.
    private func checked(
        _ text: [UInt8], _ path: [String], _ value: JSONValue?
    ) throws(ConfigTextError) -> [UInt8] {
        let wanted = Self.replacing(path[...], in: root?.json ?? [:], by: value)
        guard let read = try JSONTextReader.read(text)?.json, read == wanted else {
            throw ConfigTextError(.unsupported, "the change would touch more than the entry")
        }
        return text
    }

    private static func replacing(
        _ path: ArraySlice<String>, in tree: JSONValue, by value: JSONValue?
    ) -> JSONValue {
        guard let name = path.first else { return value ?? .null }
        var members = tree.object ?? [:]
        members[name] =
            path.count == 1 ? value : replacing(path.dropFirst(), in: members[name] ?? [:], by: value)
        return .object(members)
    }

    // MARK: Writing

    /// Whether names and values stand apart in a text of one line.
    private var isSpaced: Bool {
        guard let first = root?.members?.first else { return true }
        return bytes[first.start..<first.value.range.lowerBound].last == 0x20
    }

    private func quoted(_ text: String) -> String { JSONWriter.text(.string(text)) }

    private func rendered(_ value: ConfigValue, indent: String, isCompact: Bool) -> String {
        let space = isCompact && !isSpaced ? "" : " "
        switch value {
        case .flag, .integer, .scalar, .text: return JSONWriter.text(value.json)
        case .written(let text, _):
            return text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: layout.lineEnd + indent)
        case .list(let elements):
            let texts = elements.map { rendered($0, indent: indent + layout.unit, isCompact: isCompact) }
            guard !value.isPlain, !isCompact else { return "[" + texts.joined(separator: "," + space) + "]" }
            return "[" + lines(texts, indent) + "]"
        case .table(let members):
            let texts = members.map { member in
                quoted(member.name) + ":" + space
                    + rendered(member.value, indent: indent + layout.unit, isCompact: isCompact)
            }
            guard !isCompact else { return "{" + texts.joined(separator: "," + space) + "}" }
            return texts.isEmpty ? "{}" : "{" + lines(texts, indent) + "}"
        }
    }

    private func lines(_ texts: [String], _ indent: String) -> String {
        let inner = layout.lineEnd + indent + layout.unit
        return inner + texts.joined(separator: "," + inner) + layout.lineEnd + indent
    }
}
