import Basics
import Glibc
import Testing

@Suite("ByteCount")
struct ByteCountTests {
    @Test(
        arguments: [
            (0, "0 B"), (1, "1 B"), (-5, "-5 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
            (1_048_524, "1023.9 KiB"), (1_048_550, "1.0 MiB"), (1_048_576, "1.0 MiB"),
            (5_368_709_120, "5.0 GiB"),
            (.max, "8192.0 PiB"),
        ] as [(Int64, String)])
    func `sizes print in units people read`(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test func `sums and conversions never overflow`() {
        #expect(ByteCount(Int64.max) + ByteCount(1) == ByteCount(Int64.max))
        #expect(ByteCount(Int64.min) + ByteCount(-1) == ByteCount(Int64.min))
        #expect(ByteCount(UInt64.max).bytes == .max)
        #expect(ByteCount(2) + ByteCount(3) == ByteCount(5))
        #expect(ByteCount(2) < ByteCount(3))
    }
}

@Suite("Hex")
struct HexTests {
    @Test func `all bytes come back`() {
        let all = Array(UInt8.min ... .max)
        #expect(Hex.bytes(Hex.string(all)) == all)
        #expect(Hex.bytes(Hex.string(all).uppercased()) == all)
        #expect(Hex.string([0x00, 0x0F, 0xA0]) == "000fa0")
        #expect(Hex.bytes("") == [])
    }

    @Test(arguments: ["0", "0g", "g0", " 00", "0x00", "é", "00 "])
    func `what is no pair of digits is nil`(_ text: String) { #expect(Hex.bytes(text) == nil) }
}

@Suite("ByteSearch")
struct ByteSearchTests {
    @Test(
        arguments: [
            ("abc", "xabcabc", 0, 1), ("abc", "xabcabc", 2, 4), ("abc", "xabcabc", 5, nil),
            ("", "abc", 0, nil),
            ("abcd", "abc", 0, nil), ("a", "", 0, nil), ("a", "a", 1, nil), ("a", "a", 2, nil),
            ("abc", "abc", 0, 0),
        ] as [(String, String, Int, Int?)])
    func `the first place is found`(needle: String, haystack: String, start: Int, expected: Int?) {
        #expect(ByteSearch.first(Array(needle.utf8), in: Array(haystack.utf8), from: start) == expected)
    }
}

@Suite("DeviceText")
struct DeviceTextTests {
    @Test(
        arguments: [
            ([], ""), (Array("plain \\x41 é🦉".utf8), "plain \\x41 é🦉"), ([0xFF], "\\xff"),
            ([0x41, 0xFE, 0x42], "A\\xfeB"),
            ([0x5C, 0xFF], "\\\\\\xff"), ([0xE2, 0x82], "\\xe2\\x82"), ([0xE2, 0x82, 0xAC, 0xFF], "€\\xff"),
            ([0xC0, 0x80], "\\xc0\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0x80, 0x41], "\\x80A"),
            ([0xF0, 0x9F, 0xA6, 0x89, 0xF0, 0x9F], "🦉\\xf0\\x9f"), ([0x00, 0xFF], "\u{0}\\xff"),
        ] as [([UInt8], String)])
    func `bytes become text that loses nothing`(bytes: [UInt8], text: String) {
        #expect(DeviceText.string(bytes) == text)
    }

    /// Undoes `DeviceText.string` for texts that were not valid.
    private func bytes(of text: String) -> [UInt8] {
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            if rest.popFirst() == UInt8(ascii: "\\") {
                result.append(byte)
            } else {
                result += Hex.bytes(String(decoding: rest.prefix(2), as: UTF8.self)) ?? []
                rest = rest.dropFirst(2)
            }
        }
        return result
    }

    @Test func `invalid text of any bytes can be turned back`() {
        var state: UInt64 = 7
        for _ in 0..<5_000 {
            let bytes = (0..<Int(state % 12)).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56) | (state & 1 == 0 ? 0x80 : 0)
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1
            let text = DeviceText.string(bytes)
            if String(validating: bytes, as: UTF8.self) == nil { #expect(self.bytes(of: text) == bytes) }
        }
    }

    @Test(
        "Readable forms lead back to the bytes",
        arguments: [
            [0x2F, 0xE9, 0x2F], [0x5C, 0x78, 0x66, 0x66], [0x5C, 0xFF, 0x5C, 0x5C], [0xC3, 0xA9], [],
            [0x5C, 0x78, 0xFF],
        ] as [[UInt8]])
    func deviceTextBytes(bytes: [UInt8]) {
        // A name that spells an escape is the one thing that cannot be told apart.
        let isSpelled = bytes == [0x5C, 0x78, 0x66, 0x66]
        #expect(DeviceText.bytes(DeviceText.string(bytes)) == (isSpelled ? [0xFF] : bytes))
    }

    @Test(
        arguments: [
            ([], ""), (Array("/srv/é🦉 a\\b".utf8), "/srv/é🦉 a\\b"), ([0xFF], "\\xff"),
            (Array("\\xff".utf8), "\\x5cxff"), (Array("\\xFF\\xg".utf8), "\\x5cxFF\\xg"),
            (Array("n\nl".utf8), "n\\x0al"), (Array("n\\nl".utf8), "n\\nl"), ([0x5C, 0xFF], "\\\\xff"),
            (Array("a\u{202E}b".utf8), "a\\xe2\\x80\\xaeb"), (Array("\\x4\u{1B}".utf8), "\\x4\\x1b"),
            (Array("home-a\\x2db.mount".utf8), "home-a\\x5cx2db.mount"), ([0x61, 0xE2, 0x82], "a\\xe2\\x82"),
        ] as [([UInt8], String)])
    func `each path has a form of its own that leads back to it`(bytes: [UInt8], text: String) {
        #expect(DeviceText.path(bytes) == text)
        #expect(DeviceText.bytes(ofPath: text) == bytes)
        #expect(TerminalText.escape(text) == text)
    }

    @Test func `paths of any bytes lead back to themselves, and no two are written alike`() {
        let pieces: [[UInt8]] = [
            [0x5C], [0x78], [0x66], [0x35, 0x63], [0xFF], [0x0A], [0xC3, 0xA9], [0xC3], [0x2F],
        ]
        var seen: [String: [UInt8]] = [:]
        for number in 0..<6_561 {
            let bytes = [1, 9, 81, 729].flatMap { pieces[number / $0 % 9] }
            let text = DeviceText.path(bytes)
            #expect(DeviceText.bytes(ofPath: text) == bytes)
            #expect(seen.updateValue(bytes, forKey: text).map { $0 == bytes } ?? true, "\(text)")
        }
    }

    @Test func `lines have no empty last one`() {
        #expect(DeviceText.lines(Array("a\nb\n".utf8)) == ["a", "b"])
        #expect(DeviceText.lines(Array("a\n\nb".utf8)) == ["a", "", "b"])
        #expect(DeviceText.lines([]) == [])
        #expect(DeviceText.lines([0x0A]) == [""])
        #expect(DeviceText.lines([0x41, 0x0D, 0x0A, 0xFF]) == ["A\r", "\\xff"])
    }
}

@Suite("SystemError and Redacted")
struct SystemErrorTests {
    @Test func `the kernel's words are given with the call and its subject`() {
        #expect(SystemError("open", "/x", code: ENOENT).description == "open /x: No such file or directory")
        #expect(SystemError("fork", code: EAGAIN).description == "fork: Resource temporarily unavailable")
        #expect(SystemError("open", code: 99_999).reason.contains("99999"))
        errno = ENOSPC
        #expect(SystemError("write") == SystemError("write", "", code: ENOSPC))
    }

    private struct Account { let password = Redacted("planted") }

    @Test func `no textual form of a redacted value shows it`() {
        let value = Redacted("planted")
        var dumped = ""
        dump(Account(), to: &dumped)
        for text in [
            "\(value)", String(reflecting: value), "\([value])", "\(Account())", dumped,
            String(describing: Optional(value)),
        ] {
            #expect(!text.contains("planted"), "\(text)")
        }
        #expect(value.exposed == "planted")
        #expect(value == Redacted("planted"))
    }
}
