import Basics

/// The values of a TOML text as one tree.
enum TOMLTree {
    /// The tree of all statements, or the one that gives something twice.
    static func tree(of statements: [TOMLStatement]) -> Result<JSONValue, Twice> {
        var tree: JSONValue = [:]
        var headers: Set<[String]> = []
        for statement in statements {
            switch statement.content {
            case .header(isElement: true):
                // Each element has tables of its own.
                headers = headers.filter { !$0.starts(with: statement.path) }
                guard let next = appending(at: statement.path[...], to: tree) else {
                    return .failure(Twice(statement: statement))
                }
                tree = next
            case .header(isElement: false):
                guard headers.insert(statement.path).inserted,
                    let next = opening(statement.path[...], in: tree)
                else { return .failure(Twice(statement: statement)) }
                tree = next
            case .pair(let value, _):
                guard let next = adding(value, at: statement.path[...], to: tree) else {
                    return .failure(Twice(statement: statement))
                }
                tree = next
            }
        }
        return .success(tree)
    }

    /// What is given twice, or is a value in one place and a table in another.
    struct Twice: Error {
        let statement: TOMLStatement
    }

    /// The tree with a value at a place where nothing is; nil where something is.
    static func adding(
        _ value: JSONValue, at path: ArraySlice<String>, to tree: JSONValue
    ) -> JSONValue? {
        guard let name = path.first else { return nil }
        return changing(tree) { members in
            if path.count == 1 {
                guard members[name] == nil else { return false }
                members[name] = value
                return true
            }
            members[name] = adding(value, at: path.dropFirst(), to: members[name] ?? [:])
            return members[name] != nil
        }
    }

    private static func opening(_ path: ArraySlice<String>, in tree: JSONValue) -> JSONValue? {
        guard let name = path.first else {
            guard tree.object != nil else { return nil }
            return tree
        }
        return changing(tree) { members in
            members[name] = opening(path.dropFirst(), in: members[name] ?? [:])
            return members[name] != nil
        }
    }

    private static func appending(at path: ArraySlice<String>, to tree: JSONValue) -> JSONValue? {
        guard let name = path.first else { return nil }
        return changing(tree) { members in
            if path.count == 1 {
                guard members[name] == nil || members[name]?.array != nil else { return false }
                members[name] = .array((members[name]?.array ?? []) + [[:]])
                return true
            }
            members[name] = appending(at: path.dropFirst(), to: members[name] ?? [:])
            return members[name] != nil
        }
    }

    /// The tree after a change of the table that it is, or of the last element where it is a list of tables.
    private static func changing(
        _ tree: JSONValue, _ change: (inout [String: JSONValue]) -> Bool
    ) -> JSONValue? {
        switch tree {
        case .object(var members):
            guard change(&members) else { return nil }
            return .object(members)
        case .array(var elements):
            guard case .object(var members)? = elements.last, change(&members) else { return nil }
            elements[elements.count - 1] = .object(members)
            return .array(elements)
        default: return nil
        }
    }
}
