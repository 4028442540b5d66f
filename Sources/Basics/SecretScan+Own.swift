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
            guard end - next == Self.groupLength || end - next == Self.keyLength else { break }
            key = (key?.lowerBound ?? next)..<end
            count += end - next
            next = runEnd(end, .keyGap)
        }
        guard let key, count >= Self.groupLength * Self.groupCount else { return nil }
        return bytes[key].contains(where: ByteSet.digits.contains) ? key : nil
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
