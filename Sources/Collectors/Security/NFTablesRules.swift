import Basics

/// One object of a table out of the output of `nft list ruleset`: a chain, a set, a map and so on.
struct NFTablesRules {
    /// `family name`, for example `inet filter`.
    let table: String
    /// The first word of the object: `chain`, `set`, `map`, `flowtable`.
    let sort: String
    let name: String
    private(set) var lines: [String] = []

    /// The objects of all tables in order.
    static func objects(_ lines: [String]) -> [NFTablesRules] {
        var objects: [NFTablesRules] = []
        var table: String?
        var isInside = false
        for line in lines {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            if line.hasPrefix("table "), words.count >= 3 {
                table = words[1] + " " + words[2]
            } else if line == "\t}" {
                isInside = false
            } else if line == "}" {
                table = nil
            } else if isInside {
                objects[objects.count - 1].lines.append(words.joined(separator: " "))
            } else if let table, words.last == "{", words.count >= 3 {
                let name = words[1..<words.count - 1].joined(separator: " ")
                objects.append(NFTablesRules(table: table, sort: words[0], name: name))
                isInside = true
            }
        }
        return objects
    }

    var item: InventoryItem {
        InventoryItem("nft-" + sort, table + " " + name, ["lines": .array(stable.map { .string($0) })])
    }

    /// The lines without counts, and without the elements of a set that fills by itself.
    private var stable: [String] {
        let isFleeting = lines.contains {
            $0.hasPrefix("flags") && ($0.contains("timeout") || $0.contains("dynamic"))
        }
        var result: [String] = []
        var isElements = false
        for line in lines {
            if line.hasPrefix("elements = ") { isElements = true }
            if !(isElements && isFleeting) { result.append(Self.withoutCounts(line)) }
            if isElements, line.hasSuffix("}") { isElements = false }
        }
        return result
    }

    /// `counter packets 3 bytes 180 accept` becomes `counter accept`; `used 5 mbytes` goes.
    private static func withoutCounts(_ line: String) -> String {
        var words = line.split(separator: " ")
        while let start = words.firstIndex(of: "packets"), start + 3 < words.count,
            words[start + 2] == "bytes"
        {
            words.removeSubrange(start...start + 3)
        }
        if let used = words.firstIndex(of: "used"), used + 2 < words.count {
            words.removeSubrange(used...used + 2)
        }
        return words.joined(separator: " ")
    }
}
