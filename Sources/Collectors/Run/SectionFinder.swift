import Basics

/// Tells which section a file of the shared stream belongs to: the first collector one of whose patterns covers it.
package struct SectionFinder: Sendable {
    /// A pattern and whose it is; those that know better whose a file is come first.
    private struct Rule {
        let section: Int
        /// How many names the pattern has.
        let depth: Int
        let rank: Int
        var components: [Glob] = []
        /// What every path begins with that it covers.
        var beginning: [UInt8] = []
    }

    /// Patterns without wildcards, by themselves.
    private let literals: [[UInt8]: Rule]
    /// Patterns with wildcards, best first.
    private let globs: [Rule]

    package init(collectors: [any Collector.Type]) {
        var rules: [(pattern: String, section: Int, depth: Int)] = []
        for (section, collector) in collectors.enumerated() {
            for pattern in collector.files.patterns {
                let depth = pattern.utf8.reduce(0) { $1 == UInt8(ascii: "/") ? $0 + 1 : $0 }
                rules.append((pattern, section, depth))
            }
        }
        // The longest pattern knows best whose file it is.
        let order = rules.indices.sorted { (rules[$1].depth, $0) < (rules[$0].depth, $1) }
        var literals: [[UInt8]: Rule] = [:]
        var globs: [Rule] = []
        for (rank, index) in order.enumerated() {
            let (pattern, section, depth) = rules[index]
            var rule = Rule(section: section, depth: depth, rank: rank)
            let bytes = Array(pattern.utf8)
            rule.beginning = Array(bytes.prefix { !"*?[\\".utf8.contains($0) })
            if rule.beginning.count == bytes.count {
                if literals[bytes] == nil { literals[bytes] = rule }
            } else {
                rule.components = pattern.split(separator: "/").map {
                    Glob(String($0), crossesFolders: false)
                }
                globs.append(rule)
            }
        }
        self.literals = literals
        self.globs = globs
    }

    /// Index of the collector; nil when no pattern covers the path.
    package func section(of path: [UInt8]) -> Int? {
        let slash = UInt8(ascii: "/")
        var literal = literals[path]
        var end = path.count
        while literal == nil, let next = path[..<end].lastIndex(of: slash), next > 0 {
            end = next
            literal = literals[Array(path[..<end])]
        }
        var parts: [ArraySlice<UInt8>]?
        for rule in globs {
            if let literal, literal.rank < rule.rank { break }
            guard Self.begins(path, with: rule.beginning) else { continue }
            let names = parts ?? path.split(separator: slash)
            parts = names
            guard rule.depth <= names.count else { continue }
            if zip(rule.components, names).allSatisfy({ $0.matches($1) }) { return rule.section }
        }
        return literal?.section
    }

    private static func begins(_ path: [UInt8], with beginning: [UInt8]) -> Bool {
        guard beginning.count <= path.count else { return false }
        // From the end: many paths begin alike.
        for index in beginning.indices.reversed() where path[index] != beginning[index] { return false }
        return true
    }
}
