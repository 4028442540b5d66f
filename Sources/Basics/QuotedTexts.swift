/// The texts inside quotation marks of another text, escapes resolved, and where each of their bytes came from.
///
/// A log line of JSON holds its message as one quoted text, in which a line feed is `\n` and a quotation mark `\"`. What
/// makes a secret recognisable there (the beginning of a line, a quotation) shows only when the escapes are gone.
struct QuotedTexts {
    /// How many quotations inside one another are looked into.
    private static let depthLimit = 4

    /// A stretch of `content`: what lies unescaped in the outer text, or what one escape stands for.
    private struct Stretch {
        /// Where it begins in `content`.
        let start: Int
        /// Where it begins in the outer text; the next stretch begins where it ends there.
        let origin: Int
        /// Whether it is a line feed between two quoted texts, which stands for nothing.
        var isSeparator = false
    }

    private let bytes: [UInt8]
    /// All quoted texts, each on lines of its own.
    private var content: [UInt8] = []
    private var stretches: [Stretch] = []

    /// Where the secrets inside the quoted texts of `text` lie in it.
    static func secretRanges(in text: [UInt8]) -> [Range<Int>] { secretRanges(in: text, depth: 0) }

    private static func secretRanges(in text: [UInt8], depth: Int) -> [Range<Int>] {
        guard depth < depthLimit, text.contains(UInt8(ascii: "\"")) else { return [] }
        let quoted = QuotedTexts(text)
        guard !quoted.content.isEmpty else { return [] }
        let found =
            SecretRules.ranges(in: quoted.content, isQuoted: true)
            + secretRanges(in: quoted.content, depth: depth + 1)
        return found.flatMap(quoted.origins)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var offset = 0
        while let open = bytes[offset...].firstIndex(of: UInt8(ascii: "\"")) {
            offset = collect(from: open + 1)
        }
    }

    /// Adds the quoted text that begins at `start`; a line feed ends it like a quotation mark.
    /// - Returns: where to look for the next one.
    private mutating func collect(from start: Int) -> Int {
        stretches.append(Stretch(start: content.count, origin: start))
        var offset = start
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != 0x0A {
            if bytes[offset] == UInt8(ascii: "\\") {
                offset = resolve(escapeAt: offset)
            } else {
                content.append(bytes[offset])
                offset += 1
            }
        }
        stretches.append(Stretch(start: content.count, origin: offset, isSeparator: true))
        content.append(0x0A)
        return min(offset + 1, bytes.count)
    }

    /// Adds what the escape at `start` stands for.
    /// - Returns: where it ends.
    private mutating func resolve(escapeAt start: Int) -> Int {
        guard start + 1 < bytes.count else {
            content.append(bytes[start])
            return start + 1
        }
        var end = start + 2
        stretches.append(Stretch(start: content.count, origin: start))
        switch bytes[start + 1] {
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let digits = bytes[end...].prefix(4).compactMap(Hex.digit)
            let code = digits.reduce(UInt32(0)) { $0 << 4 | UInt32($1) }
            end += digits.count
            content.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        case 0x0A: end = start + 1
        default: content.append(bytes[start + 1])
        }
        stretches.append(Stretch(start: content.count, origin: end))
        return end
    }

    /// The ranges of the outer text that `range` of `content` came from.
    private func origins(of range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var index = stretch(at: range.lowerBound)
        var start = range.lowerBound
        while start < range.upperBound {
            let end = index + 1 < stretches.count ? stretches[index + 1].start : content.count
            let stop = min(end, range.upperBound)
            if stop > start, !stretches[index].isSeparator {
                let from = stretches[index].origin
                let isWhole = stop == end && index + 1 < stretches.count
                // Several bytes may have come from one escape: the part ends where the next stretch begins.
                let last =
                    isWhole ? max(stretches[index + 1].origin, from) : from + stop - stretches[index].start
                append(from + start - stretches[index].start..<last, to: &result)
            }
            start = stop
            index += 1
        }
        return result
    }

    /// Joins what only separators lay between, so that a secret with an escape inside is hidden as one.
    private func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        guard !range.isEmpty, range.lowerBound < bytes.count else { return }
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<min(range.upperBound, bytes.count)
        } else {
            ranges.append(range.lowerBound..<min(range.upperBound, bytes.count))
        }
    }

    /// The index of the stretch that holds `offset` of `content`.
    private func stretch(at offset: Int) -> Int {
        var low = 0
        var high = stretches.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if stretches[middle].start <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
