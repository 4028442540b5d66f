extension SecretScan {
    /// Whether the kernel's words for a failure stand behind a colon and a space, as they do behind a path.
    ///
    /// - Parameters:
    ///   - gap: where the space would be.
    ///   - limit: where the line ends.
    func isSystemReason(from gap: Int, to limit: Int) -> Bool {
        guard gap > 0, gap + 1 < limit, has(": ", at: gap - 1) else { return false }
        return Self.reasonsByFirst[Int(bytes[gap + 1])].contains { reason in
            let end = gap + 1 + reason.count
            return end <= limit && bytes[gap + 1..<end].elementsEqual(reason) && endsReason(end, limit)
        }
    }

    /// Whether the word behind an option goes on with a sentence about it: `--token cannot be given twice`.
    func saysOfOption(_ word: Range<Int>, _ line: Range<Int>) -> Bool {
        guard Self.verbsByLength[min(word.count, 15)].contains(where: { bytes[word].elementsEqual($0) })
        else {
            return false
        }
        let next = runEnd(word.upperBound, .gap)
        guard next > word.upperBound, next < line.upperBound else { return false }
        return bytes[next] != UInt8(ascii: "-") || has("--", at: next)
    }

    /// What the sentences of a program say of its options.
    private static let verbsByLength: [[[UInt8]]] = (0..<16).map { length in
        [
            "cannot", "takes", "take", "needs", "need", "is", "are", "must", "and", "or", "exclude",
            "excludes",
            "has", "have", "was", "were", "does", "do", "may", "can", "only", "not", "nor", "expects",
            "requires", "wants", "asks", "says", "means", "counts", "gives", "goes", "belong", "belongs",
            "shows", "names",
        ].map { Array($0.utf8) }.filter { $0.count == length }
    }

    /// Whether nothing but the sentence around it goes on at `end`.
    private func endsReason(_ end: Int, _ limit: Int) -> Bool {
        guard end < limit else { return true }
        guard ByteSet.reasonEnd.contains(bytes[end]) else { return false }
        return end + 1 == limit || ByteSet.reasonEnd.contains(bytes[end + 1])
            || ByteSet.blank.contains(bytes[end + 1])
    }

    private static let reasonsByFirst: [[[UInt8]]] = (0..<256).map { first in
        systemReasons.filter { $0.first == UInt8(first) }
    }

    /// The words of `strerror(3)` for every error number of Linux.
    static let systemReasons: [[UInt8]] = (1...133)
        .map { SystemError("", code: Int32($0)).reason }
        .filter { !$0.hasPrefix("Unknown error") && !$0.hasPrefix("error ") }
        .map { Array($0.utf8) }
}
