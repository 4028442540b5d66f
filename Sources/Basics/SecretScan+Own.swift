/// Holdfast's own secrets, which let in or open the vault wherever they lie.
extension SecretScan {
    /// How a token of Holdfast begins, and how many characters follow.
    private static let (tokenPrefix, tokenLength): (StaticString, Int) = ("hfk_", 43)
    /// How the text of a vault's key begins.
    private static let keyPrefix: StaticString = "holdfast-key-1:"
    /// The characters of a group, and how many groups a line of the key has that is known without what stands before it.
    private static let (groupLength, groupCount) = (4, 5)
    /// How many characters a key has.
    private static let keyLength = 56

    /// A token whose `_` stands at `offset`, whatever stands before it.
    func ownToken(at offset: Int) -> Range<Int>? {
        let start = offset - 3
        guard has(Self.tokenPrefix, at: start) else { return nil }
        let end = runEnd(offset + 1, .token)
        return end - offset > Self.tokenLength ? start..<end : nil
    }

    /// The groups of a key behind its prefix, whose colon stands at `offset`, on as many lines as they take.
    func vaultKey(at offset: Int) -> Range<Int>? {
        let start = offset + 1 - Self.keyPrefix.utf8CodeUnitCount
        guard start >= 0, has("-1:", at: offset - 2), isWord(start..<offset + 1, Self.keyPrefix) else {
            return nil
        }
        var key: Range<Int>?
        var count = 0
        var next = runEnd(offset + 1, .keyGap)
        while count < Self.keyLength {
            let end = runEnd(next, .letters)
            guard end > next, (end - next).isMultiple(of: Self.groupLength) else { break }
            key = (key?.lowerBound ?? next)..<end
            count += end - next
            next = runEnd(end, .keyGap)
        }
        guard let key, count >= Self.groupLength * Self.groupCount else { return nil }
        return bytes[key].contains(where: ByteSet.digits.contains) ? key : nil
    }

    /// A whole key without the prefix whose first group begins at `offset`, whatever joins its groups: dashes, blanks,
    /// lines, or nothing at all.
    ///
    /// What has its alphabet in one case, its length, and both digits and late letters as random characters have, is
    /// taken for one without a look at its check characters: a key with a slip of the pen is as good as the key.
    func wholeKey(at offset: Int) -> Range<Int>? {
        var (next, end, count) = (offset, offset, 0)
        var looks = KeyLooks()
        while count < Self.keyLength {
            end = next
            while end < bytes.count, count + end - next < Self.keyLength, looks.takes(bytes[end]) { end += 1 }
            let length = end - next
            guard length > 0, length.isMultiple(of: Self.groupLength),
                end == bytes.count || !ByteSet.token.contains(bytes[end]) || bytes[end] == UInt8(ascii: "-")
            else { return nil }
            count += length
            next = keyGapEnd(end)
        }
        guard looks.areOfKey else { return nil }
        // Words before the key that look like groups are taken for some: then its last ones stand behind.
        for _ in 0..<Self.strayGroups {
            next = keyGapEnd(end)
            let group = runEnd(next, .letters)
            guard group - next == Self.groupLength, bytes[next..<group].allSatisfy({ looks.takes($0) }) else {
                break
            }
            end = group
        }
        return offset..<end
    }

    /// How many words of a sentence before a key may look like groups of it.
    private static let strayGroups = 6

    /// The most bytes between two groups of a key.
    private static let keyGap = 32

    /// Where the gap between two groups ends that begins at `start`; the ends of lines may be written as `\\n`.
    private func keyGapEnd(_ start: Int) -> Int {
        var offset = start
        while offset < bytes.count, offset - start < Self.keyGap {
            if has("\\n", at: offset) || has("\\r", at: offset) || has("\\t", at: offset) {
                offset += 2
            } else if ByteSet.keyGap.contains(bytes[offset]) {
                offset += 1
            } else {
                break
            }
        }
        return offset
    }

    /// The groups of a key that stand without the prefix, given the first dash; its further lines belong to it.
    func keyGroups(at offset: Int) -> Range<Int>? {
        let step = Self.groupLength + 1
        for number in 1..<Self.groupCount - 1 where !has("-", at: offset + number * step) { return nil }
        let start = offset - Self.groupLength
        guard start >= 0, startsWord(start), var end = groupsEnd(start, least: Self.groupCount),
            bytes[start..<end].contains(where: ByteSet.digits.contains),
            bytes[start..<end].contains(where: { $0 | 0x20 > UInt8(ascii: "f") })
        else { return nil }
        while let more = groupsEnd(runEnd(end, .keyGap), least: 2) { end = more }
        return start..<end
    }

    /// Where groups end that begin at `start` and are joined by dashes; nil where they are too few.
    private func groupsEnd(_ start: Int, least: Int) -> Int? {
        var (end, count) = (start, 0)
        while true {
            let group = runEnd(end, .letters)
            guard group - end == Self.groupLength, bytes[end..<group].allSatisfy(ByteSet.keyDigits.contains)
            else { return nil }
            (end, count) = (group, count + 1)
            guard has("-", at: end), end + 1 < bytes.count, ByteSet.letters.contains(bytes[end + 1]) else {
                return count >= least ? end : nil
            }
            end += 1
        }
    }

    /// Whether it is the name of one of Holdfast's own operations, `token create`, and no token.
    func isTokenOperation(_ name: Range<Int>, _ word: Range<Int>) -> Bool {
        isText(name, "token") && ["create", "list", "revoke"].contains { isText(word, $0) }
    }
}

/// What the characters of a key look like together.
private struct KeyLooks {
    /// A key of random characters has about 17 digits, and 13 of the 16 letters behind `f`.
    private static let (leastDigits, leastLate) = (3, 8)

    private var digits = 0
    /// A bit for each letter behind `f` that is there.
    private var late: UInt32 = 0
    private var (hasUpper, hasLower) = (false, false)

    /// Whether a character can be the next one of a key, all of whose letters have one case; counts it.
    mutating func takes(_ byte: UInt8) -> Bool {
        guard ByteSet.keyDigits.contains(byte) else { return false }
        guard byte > UInt8(ascii: "9") else {
            digits += 1
            return true
        }
        if byte | 0x20 > UInt8(ascii: "f") { late |= 1 << UInt32(byte & 0x1F) }
        if byte & 0x20 == 0 { hasUpper = true } else { hasLower = true }
        return hasUpper != hasLower
    }

    /// Whether there are as many digits and different letters of the second half of the alphabet as chance gives.
    var areOfKey: Bool { digits >= Self.leastDigits && late.nonzeroBitCount >= Self.leastLate }
}
