import Basics

/// Tells which section a file of the shared stream belongs to: the first collector one of whose patterns covers it.
package struct SectionFinder: Sendable {
    private struct Rule {
        let components: [Glob]
        let literal: [UInt8]?
        let section: Int
    }

    private let rules: [Rule]

    package init(collectors: [any Collector.Type]) {
        var rules: [Rule] = []
        for (section, collector) in collectors.enumerated() {
            for pattern in collector.files.patterns {
                let isLiteral = !pattern.utf8.contains { "*?[\\".utf8.contains($0) }
                rules.append(
                    Rule(
                        components: pattern.split(separator: "/").map {
                            Glob(String($0), crossesFolders: false)
                        },
                        literal: isLiteral ? Array(pattern.utf8) : nil, section: section))
            }
        }
        // The longest pattern knows best whose file it is.
        self.rules = rules.enumerated().sorted {
            ($1.element.components.count, $0.offset) < ($0.element.components.count, $1.offset)
        }.map(\.element)
    }

    /// Index of the collector; nil when no pattern covers the path.
    package func section(of path: [UInt8]) -> Int? {
        let parts = path.split(separator: UInt8(ascii: "/"))
        for rule in rules where rule.components.count <= parts.count {
            if let literal = rule.literal {
                if path == literal || path.starts(with: literal) && path[literal.count] == UInt8(ascii: "/") {
                    return rule.section
                }
            } else if zip(rule.components, parts).allSatisfy({ $0.matches($1) }) {
                return rule.section
            }
        }
        return nil
    }
}
