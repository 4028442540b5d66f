import Basics

/// Makes a tree smaller without making it another: the longest lists and texts lose their ends.
struct Shortener {
    /// The most bytes of JSON.
    let limit: Int

    /// The tree, with lists and texts cut to the largest common length at which it fits.
    func shorten(_ tree: JSONValue) -> JSONValue {
        var length = 4096
        var result = tree
        while length > 1 {
            result = cut(tree, to: length)
            guard JSONWriter.bytes(result).count > limit else { return result }
            length /= 2
        }
        return result
    }

    private func cut(_ value: JSONValue, to length: Int) -> JSONValue {
        switch value {
        case .string(let text):
            guard text.utf8.count > length * 4 else { return value }
            return .string(String(text.prefix(length * 4)) + " …")
        case .array(let elements): return .array(elements.prefix(length).map { cut($0, to: length) })
        case .object(let members): return .object(members.mapValues { cut($0, to: length) })
        default: return value
        }
    }
}
