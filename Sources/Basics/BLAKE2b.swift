/// The hash BLAKE2b with 256 bits of output under a key, for messages of a block at most.
///
/// It is here for one purpose: to tell the text of a vault's key by its check characters where no library is at hand.
/// What seals and names the blocks of a vault is the one of libsodium.
///
/// - SeeAlso: RFC 7693.
enum BLAKE2b {
    /// How many bytes a block has, and how many a digest and a key.
    private static let (blockLength, length) = (128, 32)

    private static let start: [UInt64] = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]

    /// The order of the words of a block in each round; the last two rounds are the first two again.
    private static let orders: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]

    /// The digest of `message` under `key`.
    ///
    /// - Parameters:
    ///   - message: at most 128 bytes.
    ///   - key: 32 bytes.
    ///   - salt: the first half of the salt, as a number.
    ///   - personal: the first half of what tells one use from another, as a number.
    static func digest(_ message: [UInt8], key: [UInt8], salt: UInt64 = 0, personal: UInt64 = 0) -> [UInt8] {
        var state = start
        // The length of the digest, that of the key, and a tree of one leaf.
        state[0] ^= UInt64(length) | UInt64(key.count) << 8 | 1 << 16 | 1 << 24
        state[4] ^= salt
        state[6] ^= personal
        compress(&state, words(of: key), blockLength, isLast: message.isEmpty)
        if !message.isEmpty {
            compress(&state, words(of: message), blockLength + message.count, isLast: true)
        }
        return state.prefix(length / 8).flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }

    private static func words(of bytes: [UInt8]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: blockLength / 8)
        for (index, byte) in bytes.prefix(blockLength).enumerated() {
            words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
        }
        return words
    }

    /// The state of a compression: a square of words, row by row.
    private struct Square {
        var (a, b, c, d): (SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>)

        mutating func mix(_ first: SIMD4<UInt64>, _ second: SIMD4<UInt64>) {
            a = a &+ b &+ first
            d = Self.turned(d ^ a, 32)
            c = c &+ d
            b = Self.turned(b ^ c, 24)
            a = a &+ b &+ second
            d = Self.turned(d ^ a, 16)
            c = c &+ d
            b = Self.turned(b ^ c, 63)
        }

        private static func turned(_ row: SIMD4<UInt64>, _ count: UInt64) -> SIMD4<UInt64> {
            row &>> count | row &<< (64 - count)
        }
    }

    private static func compress(_ state: inout [UInt64], _ words: [UInt64], _ count: Int, isLast: Bool) {
        func row(_ source: [UInt64], _ first: Int) -> SIMD4<UInt64> {
            SIMD4(source[first], source[first + 1], source[first + 2], source[first + 3])
        }
        let (low, high) = (row(state, 0), row(state, 4))
        let end = SIMD4(UInt64(count), 0, isLast ? UInt64.max : 0, 0)
        var square = Square(a: low, b: high, c: row(start, 0), d: row(start, 4) ^ end)
        for round in 0..<12 {
            let order = orders[round % 10]
            func picked(_ first: Int) -> SIMD4<UInt64> {
                SIMD4(
                    words[order[first]], words[order[first + 2]], words[order[first + 4]],
                    words[order[first + 6]])
            }
            square.mix(picked(0), picked(1))
            // The diagonals are the columns of the square whose rows are turned.
            let (b, c, d) = (square.b, square.c, square.d)
            square.b = SIMD4(b[1], b[2], b[3], b[0])
            square.c = SIMD4(c[2], c[3], c[0], c[1])
            square.d = SIMD4(d[3], d[0], d[1], d[2])
            square.mix(picked(8), picked(9))
            let (e, f, g) = (square.b, square.c, square.d)
            square.b = SIMD4(e[3], e[0], e[1], e[2])
            square.c = SIMD4(f[2], f[3], f[0], f[1])
            square.d = SIMD4(g[1], g[2], g[3], g[0])
        }
        let (first, second) = (low ^ square.a ^ square.c, high ^ square.b ^ square.d)
        for index in 0..<4 {
            state[index] = first[index]
            state[index + 4] = second[index]
        }
    }
}
