/// Takes out of texts for a model what names tools that its connection does not have.
///
/// Texts are written for all tools at once: whatever names another tool stands in a sentence of its own, or behind a
/// semicolon, and can go without the rest.
struct OfferedWords: Sendable {
    /// The names of all tools there are.
    let all: Set<String>
    /// The names of those that the connection has.
    let offered: Set<String>

    /// The text without sentences, and parts of sentences, that name a tool which is not offered.
    func only(in text: String) -> String {
        guard !isSaid(text[...]) else { return text }
        return Self.split(text[...], at: ". ").compactMap(sentence).joined(separator: " ")
    }

    /// Whether all tools that the text names are offered.
    private func isSaid(_ text: Substring) -> Bool {
        text.split { !$0.isLetter && $0 != "_" }.allSatisfy { word in
            let name = String(word)
            return !all.contains(name) || offered.contains(name)
        }
    }

    /// A sentence with its full stop; nil when nothing of it is left.
    private func sentence(_ text: Substring) -> String? {
        let body = text.hasSuffix(".") ? text.dropLast() : text
        let left = Self.split(body, at: "; ").filter(isSaid)
        guard let first = left.first?.first else { return nil }
        return first.uppercased() + left.joined(separator: "; ").dropFirst() + "."
    }

    private static func split(_ text: Substring, at mark: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text
        while let found = rest.firstRange(of: mark) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }
}
