import Basics
import Collectors
import Vault

/// The sections of a backup that are not whole, told in as few lines as say all: what many have for one reason is one line.
struct SectionTroubles {
    /// So many sections with one reason become one line.
    private static let fewest = 3

    /// A section that is not whole.
    struct Trouble {
        let section: String
        let status: String
        let reason: String
    }

    let troubles: [Trouble]

    /// The lines, each section where the first of its reason stands.
    var lines: [String] {
        var order: [String] = []
        var groups: [String: [Trouble]] = [:]
        for trouble in troubles {
            let key = "\(trouble.status): \(Self.common(trouble))"
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(trouble)
        }
        return order.flatMap { key -> [String] in
            let group = groups[key] ?? []
            guard group.count >= Self.fewest else {
                return group.map { Excerpt.readable("\($0.section) \($0.status): \($0.reason)") }
            }
            let names = group.map(\.section).joined(separator: ", ")
            return ["\(group.count) sections \(Excerpt.readable(key)) (\(names))"]
        }
    }

    /// The reason without the names of the section's own outputs, by which alone sections of one cause differ.
    private static func common(_ trouble: Trouble) -> String {
        let probes = allCollectors.first { $0.name == trouble.section }?.probes.map(\.name) ?? []
        var seen: Set<String> = []
        let sentences = trouble.reason.components(by: "; ").map { sentence -> String in
            let words = sentence.split(separator: " ", omittingEmptySubsequences: false)
            return words.map { probes.contains(String($0)) ? "a part of it" : String($0) }
                .joined(separator: " ")
        }
        .filter { !isCount($0) }
        return sentences.filter { seen.insert($0).inserted }.joined(separator: "; ")
    }

    /// Whether a sentence says only how many more there are.
    private static func isCount(_ sentence: String) -> Bool {
        sentence.hasPrefix("and ") && sentence.hasSuffix(" more")
    }
}

extension String {
    /// The parts between occurrences of `separator`.
    fileprivate func components(by separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
