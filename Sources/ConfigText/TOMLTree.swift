import Basics

/// The values of a TOML text as one tree, and what may still be added to each table of it.
///
/// - SeeAlso: TOML 1.0.0, “Table” and “Inline Table”
final class TOMLTree {
    private enum Content {
        case table([String: TOMLTree])
        /// The elements of `[[…]]`.
        case list([TOMLTree])
        /// Nothing is added to what stands behind `=`, tables in braces included.
        case value(JSONValue)
    }

    private var content: Content
    /// Whether it has a header, or stands before a dot in a section that has ended: it gets no header any more, and no
    /// names behind dots.
    private var isDefined = false

    private init(_ content: Content) { self.content = content }

    /// A table without members.
    convenience init() { self.init(.table([:])) }

    /// The tree of all statements, or the one that gives something twice.
    static func tree(of statements: [TOMLStatement]) -> Result<JSONValue, Twice> {
        let root = TOMLTree()
        var (section, depth) = (root, 0)
        var dotted: [TOMLTree] = []
        for statement in statements {
            let isGood: Bool
            switch statement.content {
            case .header(let isElement):
                for table in dotted { table.isDefined = true }
                dotted = []
                let table = root.opened(statement.path, isElement: isElement)
                (section, depth) = (table ?? root, statement.path.count)
                isGood = table != nil
            case .pair(let value, _):
                isGood = section.add(value, at: statement.path.dropFirst(depth), through: &dotted)
            }
            guard isGood else { return .failure(Twice(statement: statement)) }
        }
        return .success(root.json)
    }

    /// What is given twice, or is a value in one place and a table in another.
    struct Twice: Error {
        let statement: TOMLStatement
    }

    /// Adds a value where nothing is.
    /// - Parameter dotted: gets the tables on the way.
    /// - Returns: whether that went well.
    func add(_ value: JSONValue, at path: ArraySlice<String>, through dotted: inout [TOMLTree]) -> Bool {
        guard let name = path.last else { return false }
        var table = self
        for name in path.dropLast() {
            guard let next = table.member(name), case .table = next.content, !next.isDefined else {
                return false
            }
            dotted.append(next)
            table = next
        }
        guard case .table(var members) = table.content, members[name] == nil else { return false }
        table.content = .value(.null)
        members[name] = TOMLTree(.value(value))
        table.content = .table(members)
        return true
    }

    /// The table that a header opens; nil where none may.
    private func opened(_ path: [String], isElement: Bool) -> TOMLTree? {
        guard let name = path.last else { return nil }
        var table = self
        for name in path.dropLast() {
            guard let next = table.member(name) else { return nil }
            switch next.content {
            case .table: table = next
            case .list(let elements):
                guard let last = elements.last else { return nil }
                table = last
            case .value: return nil
            }
        }
        guard isElement else {
            guard let next = table.member(name), case .table = next.content, !next.isDefined else {
                return nil
            }
            next.isDefined = true
            return next
        }
        guard case .table(var members) = table.content else { return nil }
        let element = TOMLTree()
        guard let list = members[name] else {
            members[name] = TOMLTree(.list([element]))
            table.content = .table(members)
            return element
        }
        guard case .list(var elements) = list.content else { return nil }
        list.content = .value(.null)
        elements.append(element)
        list.content = .list(elements)
        return element
    }

    /// The member of that name, an empty table where there was none; nil for what is no table.
    private func member(_ name: String) -> TOMLTree? {
        guard case .table(var members) = content else { return nil }
        if let member = members[name] { return member }
        let member = TOMLTree()
        content = .value(.null)
        members[name] = member
        content = .table(members)
        return member
    }

    /// Its values.
    var json: JSONValue {
        switch content {
        case .table(let members): .object(members.mapValues(\.json))
        case .list(let elements): .array(elements.map(\.json))
        case .value(let value): value
        }
    }
}
