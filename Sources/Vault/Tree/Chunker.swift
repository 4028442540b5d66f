import Codecs

/// Cuts large contents where the content itself says so (FastCDC): an insertion moves the cuts near it only.
///
/// The table comes from the vault's key, so that chunk lengths tell nothing about known files.
/// - SeeAlso: Xia et al., FastCDC, USENIX ATC 2016.
struct Chunker: Sendable {
    /// A content below this length is one object.
    static let threshold = 512 << 10
    static let smallest = 256 << 10
    static let average = 1 << 20
    static let largest = 4 << 20

    /// 22 and 18 bits, spread over the upper half of the word: cuts are rarer before the average and more frequent after.
    private static let rareMask: UInt64 = 0xFFFF_FC00_0000_0000
    private static let frequentMask: UInt64 = 0xFFFF_C000_0000_0000

    private let table: [UInt64]

    /// - Parameter key: makes the table: word 0 of the digest of each byte value.
    init(key: KeyedHash) {
        table = (0...255).map { key.digest([UInt8($0)]).word0 }
    }

    /// Length of the first chunk of `bytes` from `start` on.
    /// - Parameter isLast: whether nothing follows `bytes`.
    /// - Returns: nil when more bytes are needed to tell.
    func cut(_ bytes: [UInt8], from start: Int, isLast: Bool) -> Int? {
        let available = bytes.count - start
        guard available >= Self.largest || isLast else { return nil }
        guard available > Self.smallest else { return available }
        let end = start + min(available, Self.largest)
        let middle = min(start + Self.average, end)
        let gear = table.span
        let span = bytes.span
        var hash: UInt64 = 0
        var position = start + Self.smallest
        while position < middle {
            hash = (hash << 1) &+ gear[Int(span[position])]
            position += 1
            if hash & Self.rareMask == 0 { return position - start }
        }
        while position < end {
            hash = (hash << 1) &+ gear[Int(span[position])]
            position += 1
            if hash & Self.frequentMask == 0 { return position - start }
        }
        return end - start
    }
}
