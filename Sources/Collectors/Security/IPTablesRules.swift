import Basics

/// One chain out of the output of `iptables-save`.
struct IPTablesRules {
    /// `ip` or `ip6`.
    let family: String
    let table: String
    let chain: String
    /// `-` for a chain that somebody made.
    let policy: String
    private(set) var rules: [String] = []

    /// The chains of all tables, each with its rules in order.
    static func chains(_ lines: [String], family: String) -> [IPTablesRules] {
        var chains: [IPTablesRules] = []
        var table = ""
        for line in lines {
            if line.hasPrefix("*") {
                table = String(line.dropFirst())
            } else if line.hasPrefix(":") {
                let words = line.dropFirst().split(separator: " ")
                guard words.count > 1 else { continue }
                chains.append(
                    IPTablesRules(
                        family: family, table: table, chain: String(words[0]), policy: String(words[1])))
            } else if let start = line.firstRange(of: "-A ") {
                // Some versions put counters in front.
                let rule = line[start.upperBound...]
                guard let space = rule.firstIndex(of: " ") else { continue }
                let chain = rule[..<space]
                guard let index = chains.lastIndex(where: { $0.table == table && $0.chain == chain }) else {
                    continue
                }
                chains[index].add(String(rule[rule.index(after: space)...]))
            }
        }
        return chains
    }

    /// Leaves out what engines add for single containers, whose addresses change with every start.
    private mutating func add(_ rule: String) {
        let words = rule.split(separator: " ")
        if let jump = words.firstIndex(of: "-j"), jump + 1 < words.count,
            FirewallOwner.owns(chain: String(words[jump + 1]))
        {
            return
        }
        if words.last == "MASQUERADE", let source = Self.value("-s", words), source == Self.value("-d", words)
        {
            return
        }
        rules.append(rule)
    }

    private static func value(_ option: Substring, _ words: [Substring]) -> Substring? {
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }

    /// Nil for a chain of the kernel that lets everything through, as appears when somebody merely looks at a table.
    var item: InventoryItem? {
        if policy == "ACCEPT", rules.isEmpty { return nil }
        var fields: [String: JSONValue] = ["rules": .array(rules.map { .string($0) })]
        if policy != "-" { fields["policy"] = .string(policy) }
        return InventoryItem("iptables-chain", "\(family) \(table) \(chain)", fields)
    }
}
