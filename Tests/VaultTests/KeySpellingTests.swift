import Basics
import Codecs
import Testing

@testable import Vault

@Suite struct KeySpellingTests {
    @Test(arguments: ["-", " ", "", "\n", "\n  ", "  ", "\n- "])
    func `a key is hidden in each spelling that is read as one`(_ gap: String) throws {
        for _ in 0..<10 {
            let text = VaultKey.random().recoveryText.exposed
            let groups = text.split(separator: ":")[1].split(separator: "-")
            let spelled = groups.joined(separator: gap)
            for key in [spelled, spelled.lowercased(), "holdfast-key-1:\n" + spelled] {
                #expect((try? VaultKey(recoveryText: key))?.recoveryText.exposed == text)
                let shown = Redactor().redact("the kit:\n\(key)\n")
                #expect(
                    !groups.contains {
                        shown.uppercased().replacing("HOLDFAST-KEY-1", with: "").contains($0)
                    }, "\(gap.debugDescription): \(shown)")
            }
        }
    }

    /// The characters of a key, in groups of some size.
    private static func groups(of text: String, _ size: Int) -> [String] {
        let all = Array(text.split(separator: ":")[1].replacing("-", with: ""))
        return stride(from: 0, to: all.count, by: size).map { String(all[$0..<min($0 + size, all.count)]) }
    }

    /// How long the longest part of a key is that is shown, whatever stands between its characters.
    private static func shownLength(of key: [Character], in shown: String) -> Int {
        let plain = shown.uppercased().replacing("O", with: "0").replacing("I", with: "1").replacing(
            "L", with: "1"
        )
        .filter { $0.isLetter || $0.isNumber }
        var (longest, start) = (0, 0)
        for end in 1...key.count {
            while start < end, !plain.contains(String(key[start..<end])) { start += 1 }
            longest = max(longest, end - start)
        }
        return longest
    }

    @Test(arguments: [
        "\u{A0}", "\u{2003}", "\u{2009}", "\u{200B}", "\u{AD}", "\u{2011}", "\u{2212}", "\u{2013}",
        "\u{2028}",
        ".", ":", "_", ", ", "/", "\t", "\r\n", "  \n", "---", "\u{C}", "\n\n", "      ", " + ", "`\n> `",
    ])
    func `a key is hidden whatever stands between groups of any size`(_ gap: String) throws {
        for size in [1, 2, 3, 4, 5, 7, 10, 56] {
            let text = VaultKey.random().recoveryText.exposed
            let spelled = Self.groups(of: text, size).joined(separator: gap)
            let typed = spelled.replacing("0", with: "O").replacing("1", with: size == 3 ? "l" : "I")
            let key = Array(text.split(separator: ":")[1].replacing("-", with: ""))
            for one in [spelled, spelled.lowercased(), typed, "holdfast-key-1: " + typed] {
                #expect(try VaultKey(recoveryText: one).recoveryText.exposed == text)
                let shown = Redactor().redact("kit 7\n  \(one)\nand the rest")
                #expect(Self.shownLength(of: key, in: shown) < 6, "\(size) \(gap.debugDescription): \(shown)")
            }
        }
    }

    /// A key whose characters are letters as far as its bytes say, all but those that check it.
    private static func lettersAlone() throws -> VaultKey {
        var (held, bits): (UInt32, UInt32) = (0, 0)
        var bytes: [UInt8] = []
        while bytes.count < 32 {
            held = held << 5 | UInt32.random(in: 10...31)
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: held >> bits))
            held &= (1 << bits) - 1
        }
        return VaultKey(master: try #require(SecretKey(bytes)))
    }

    @Test func `a key with hardly a digit is hidden as well`() throws {
        for _ in 0..<20 {
            let text = try Self.lettersAlone().recoveryText.exposed
            let key = Array(text.split(separator: ":")[1].replacing("-", with: ""))
            guard key.contains(where: { "23456789".contains($0) }) else { continue }
            for gap in ["\u{AD}", " ", "\n"] {
                let spelled = Self.groups(of: text, 3).joined(separator: gap)
                let shown = Redactor().redact("kit 7\n  \(spelled)\nand the rest")
                #expect(Self.shownLength(of: key, in: shown) < 6, "\(shown)")
            }
        }
    }

    @Test func `a key is hidden on lines with numbers or names before them, and in escapes`() throws {
        for _ in 0..<20 {
            let text = VaultKey.random().recoveryText.exposed
            let key = Array(text.split(separator: ":")[1].replacing("-", with: ""))
            let groups = Self.groups(of: text, 4)
            let rows = [groups[..<5], groups[5..<10], groups[10...]].map { $0.joined(separator: " ") }
            let numbered: String = groups.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(
                separator: "\n")
            let lines: [String] = rows.enumerated().map { "line \($0.offset): \($0.element.lowercased())" }
            let escaped: [String] = ["&nbsp;", "&#8201;"].map { groups.joined(separator: $0) }
            let quoted: [String] = ["\\u00a0", "\\n"].map { "\"" + groups.joined(separator: $0) + "\"" }
            for spelled in [numbered, lines.joined(separator: "\n")] + escaped + quoted {
                let shown = Redactor().redact("the key\n\n\(spelled)\n")
                #expect(Self.shownLength(of: key, in: shown) < 6, "\(spelled): \(shown)")
            }
        }
    }
}
