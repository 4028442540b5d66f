import Basics
import ConfigText
import HostConfig

/// The text of a configuration that is understood, with its literals hidden that are secret or of which that is not known.
///
/// What the tree of the text does not show is hidden wherever it is written, and so is a text that the tree does not
/// have: of names given twice it has the last one alone.
struct ShownLiterals {
    let format: ConfigFormat
    let redactor: Redactor
    /// What stands in the place of a secret.
    private let secrets: [String: String]
    /// Texts that are shown.
    private let plain: Set<String>
    private let replacement: SecretReplacement

    init(format: ConfigFormat, redactor: Redactor, secrets: [String: String], plain: Set<String>) {
        self.format = format
        self.redactor = redactor
        self.secrets = secrets
        self.plain = plain
        replacement = SecretReplacement(secrets)
    }

    func shown(_ bytes: [UInt8], _ literals: [ConfigLiteral]) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        var hasHidden = false
        for literal in literals {
            let (gap, isHidden) = between(bytes[offset..<literal.range.lowerBound], hasHidden)
            result += gap
            let mark = mark(of: literal)
            result += mark.map { written($0, for: bytes[literal.range]) } ?? Array(bytes[literal.range])
            hasHidden = isHidden || mark != nil
            offset = literal.range.upperBound
        }
        return result + between(bytes[offset...], hasHidden).shown
    }

    /// What stands for a literal; nil for one that is shown.
    private func mark(of literal: ConfigLiteral) -> String? {
        guard literal.role != .name else { return nil }
        let isPlain = plain.contains(literal.text)
        // A number or a truth value that is shown elsewhere tells nothing.
        if let mark = secrets[literal.text], literal.role == .text || !isPlain { return mark }
        guard !isPlain, literal.role == .text || EntryHeaders.isSecretVariable(literal.text)
        else { return nil }
        return redactor.redact(.secret(literal.text)).string ?? "‹hidden›"
    }

    /// A mark in the form of the literal that it stands for.
    private func written(_ mark: String, for literal: ArraySlice<UInt8>) -> [UInt8] {
        let isBare = format == .yaml && !"\"'".utf8.contains(literal.first ?? 0)
        // A text of several lines keeps as many, so that those below it keep their numbers.
        let isWhole = literal.last == 0x0A
        let more = literal.count { $0 == 0x0A } - (isWhole ? 1 : 0)
        let rest = String(repeating: "\n‹hidden›", count: more) + (isWhole ? "\n" : "")
        return (isBare ? Array(mark.utf8) : JSONWriter.bytes(.string(mark))) + Array(rest.utf8)
    }

    /// What stands between two literals: signs, blanks and comments.
    /// - Parameter hasHidden: whether something was hidden on the line that it begins on.
    /// - Returns: it without secrets, and whether something was hidden on its last line.
    private func between(
        _ gap: ArraySlice<UInt8>, _ hasHidden: Bool
    ) -> (shown: [UInt8], hasHidden: Bool) {
        var result: [UInt8] = []
        var hasHidden = hasHidden
        var offset = gap.startIndex
        while offset < gap.endIndex {
            if let end = commentEnd(offset, in: gap) {
                result += comment(Array(gap[offset..<end]), isDoubtful: hasHidden)
                if gap[offset..<end].contains(0x0A) { hasHidden = false }
                offset = end
            } else {
                if gap[offset] == 0x0A { hasHidden = false }
                result.append(gap[offset])
                offset += 1
            }
        }
        return (result, hasHidden)
    }

    private func commentEnd(_ start: Int, in gap: ArraySlice<UInt8>) -> Int? {
        let rest = gap[start...]
        switch format {
        case .toml, .yaml:
            guard rest.first == UInt8(ascii: "#") else { return nil }
        case .json, .jsonc:
            if rest.starts(with: "/*".utf8) {
                return ByteSearch.first(Array("*/".utf8), in: Array(gap), from: start - gap.startIndex + 2)
                    .map { gap.startIndex + $0 + 2 } ?? gap.endIndex
            }
            guard rest.starts(with: "//".utf8) else { return nil }
        }
        return rest.firstIndex(of: 0x0A) ?? gap.endIndex
    }

    /// A comment without what may be a secret: words in quotation marks as well, and all behind one that is hidden.
    private func comment(_ bytes: [UInt8], isDoubtful: Bool) -> [UInt8] {
        BrokenHostText(redactor: redactor).hidden(replacement.replacing(in: bytes, isCut: false)) {
            word, isQuoted in
            (isQuoted || isDoubtful) && !plain.contains(word) && EntryHeaders.isSecretVariable(word)
        }
    }
}
