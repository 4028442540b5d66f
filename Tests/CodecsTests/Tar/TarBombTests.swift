import Testing

@testable import Codecs

/// Small archives that stand for very much.
@Suite struct TarBombTests {
    /// A member of `type` with `body` behind its header.
    private func member(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        var header = TarEncoder.header(
            TarEntry(path: Array("x".utf8), kind: .file, size: Int64(body.count)))
        header[156] = type.asciiValue ?? 0
        // The sum counts its own field as blanks.
        for index in 148..<156 { header[index] = 0x20 }
        let sum = header.prefix(512).reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
        header.replaceSubrange(148..<156, with: Array(text.utf8))
        return header + body + TarEncoder.padding(after: Int64(body.count))
    }

    private func records(_ pairs: [(String, String)]) -> [UInt8] {
        pairs.flatMap { key, value in
            let rest = " \(key)=\(value)\n"
            var length = rest.utf8.count + 1
            while "\(length)\(rest)".utf8.count > length { length += 1 }
            return Array("\(length)\(rest)".utf8)
        }
    }

    private func reason(_ members: [[UInt8]]) -> String? {
        var decoder = TarDecoder()
        do {
            for member in members { _ = try decoder.consume(member) }
            return nil
        } catch { return error.reason }
    }

    @Test func `headers for all members add up to no more than one may have`() {
        let value = String(repeating: "v", count: 1 << 20)
        func header(_ number: Int) -> [UInt8] { member("g", records([("key\(number)", value)])) }
        #expect(reason((0..<3).map(header)) == nil)
        #expect(reason((0..<5).map(header)) == "a malformed extended header")
        // One that says the same again takes nothing more.
        #expect(reason((0..<20).map { _ in header(1) }) == nil)
        let sparse = member(
            "g", records([(String, String)](repeating: ("GNU.sparse.offset", "1"), count: 60_000)))
        #expect(reason([[UInt8]](repeating: sparse, count: 10)) == "a malformed extended header")
    }

    @Test func `more attributes than any file has are refused`() {
        let many = (0..<5000).map { ("SCHILY.xattr.user.a\($0)", "") }
        #expect(reason([member("x", records(Array(many.prefix(4000)))), member("0", [1])]) == nil)
        #expect(reason([member("x", records(many))]) == "a malformed extended header")
    }

    @Test func `maps of holes are counted over the whole archive`() {
        // Each map is a few hundred bytes compressed, and ten thousand stretches for whoever keeps it.
        let count = 10_000
        let map =
            Array("\(count)\n".utf8)
            + (0..<2 * count).flatMap { _ in [UInt8(ascii: "0"), 0x0A] }
        let padded = map + TarEncoder.padding(after: Int64(map.count))
        let header = member(
            "x",
            records([
                ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "hole"),
                ("GNU.sparse.realsize", "\(Int64.max)"),
            ]))
        let one = header + member("0", padded)
        var decoder = TarDecoder(runLimit: 4 * count)
        var read = 0
        #expect(throws: TarError.self) {
            for _ in 0..<10 {
                for event in try decoder.consume(one) {
                    if case .entry(let entry) = event { read += entry.dataRuns?.count ?? 0 }
                }
            }
        }
        #expect(read == 4 * count)
    }

    @Test func `a file of less than nothing is refused`() {
        let sparse = member(
            "x",
            records([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "-1")]))
        let map = Array("0\n".utf8) + [UInt8](repeating: 0, count: 510)
        #expect(reason([sparse + member("0", map)]) == "a member of negative size")
    }
}
