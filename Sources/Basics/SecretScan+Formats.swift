/// Secrets that formats keep away from their names, or without any: lists over several lines, elements of XML, hashes of
/// digest authentication, values that a rule compares with.
extension SecretScan {
    /// What is hidden for the form in which it is written.
    func formats() -> [Range<Int>] {
        digestHashes() + listedLines() + markedElements() + compared() + bracedProviders() + keyedBelow()
            + sharedKeys() + properties() + otherwise() + tables() + literals()
    }

    private static let colon = UInt8(ascii: ":")
    private static let quotes: [UInt8] = [0x22, 0x27]

    /// The hash of `user:realm:HASH` as htdigest and Traefik have it, which serves as the password does.
    private func digestHashes() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        while let colon = ByteSearch.first([Self.colon], in: bytes, from: offset) {
            offset = colon + 1
            let end = runEnd(colon + 1, .hexDigits)
            guard end - colon == 33, end == bytes.count || !ByteSet.token.contains(bytes[end]) else {
                continue
            }
            let hash = bytes[colon + 1..<end]
            let isMixed = hash.contains { $0 >= 0x61 } && hash.contains(where: ByteSet.digits.contains)
            if isMixed, isAccount(before: colon) { found.append(colon + 1..<end) }
        }
        return found
    }

    /// Whether `user:realm` stands before a colon.
    private func isAccount(before colon: Int) -> Bool {
        let line = max(lineStart(colon), colon - 256)
        guard let middle = bytes[line..<colon].lastIndex(of: Self.colon), middle + 1 < colon else {
            return false
        }
        var start = middle
        while start > line, !ByteSet.accountStart.contains(bytes[start - 1]), bytes[start - 1] != Self.colon {
            start -= 1
        }
        let user = bytes[start..<middle]
        guard !user.isEmpty, !user.contains(UInt8(ascii: "/")) else { return false }
        let isRealm = bytes[middle + 1..<colon].allSatisfy {
            $0 != UInt8(ascii: "/") && !Self.quotes.contains($0)
        }
        return isRealm && !Self.schemes.contains(String(decoding: user, as: UTF8.self).lowercased())
    }

    /// What stands before colons and is no account.
    private static let schemes: Set<String> = ["urn", "uuid", "md5", "sha1", "etag", "guid", "arn", "id"]

    /// The texts in quotation marks on the lines behind `"passwords": [` and `tokens = [`.
    private func listedLines() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var isListed = false
        for start in lines where start < bytes.count {
            let text = runEnd(start, .blank)
            var end = lineEnd(start)
            if isListed, text >= end || has("#", at: text) || has("//", at: text) { continue }
            if isListed, Self.quotes.contains(bytes[text]) {
                let item = text + 1..<min(end, closing(from: text))
                if !item.isEmpty, SecretRules.isWorthHiding(bytes[item], .certain) { found.append(item) }
                continue
            }
            while end > text, ByteSet.blank.contains(bytes[end - 1]) { end -= 1 }
            isListed = end > text && bytes[end - 1] == UInt8(ascii: "[") && listsSecrets(text..<end - 1)
        }
        return found
    }

    /// Whether a line up to its bracket gives passwords or tokens; what is listed under `secrets` are often their names.
    private func listsSecrets(_ line: Range<Int>) -> Bool {
        var rest = bytes[line]
        func drop(_ set: some Sequence<UInt8>) {
            while let last = rest.last, set.contains(last) { rest.removeLast() }
        }
        drop(" \t".utf8)
        guard let sign = rest.last, sign == Self.colon || sign == UInt8(ascii: "=") else { return false }
        drop(":= \t\"'".utf8)
        let name = rest.suffix(while: ByteSet.dotted.contains)
        return !name.isEmpty && isOfPasswords(name.startIndex..<name.endIndex)
            && SecretRules.strength(ofName: name) == .certain
    }

    /// The text of `<secret><![CDATA[X]]>` and of `<property name="a.password">X<`.
    private func markedElements() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        let mark = Array("<![CDATA[".utf8)
        while let begin = ByteSearch.first(mark, in: bytes, from: offset) {
            let start = begin + mark.count
            let end = ByteSearch.first(Array("]]>".utf8), in: bytes, from: start) ?? bytes.count
            offset = end
            let line = lineStart(begin)
            guard let open = bytes[max(line, begin - 256)..<begin].lastIndex(of: UInt8(ascii: "<")) else {
                continue
            }
            if isTelling(open + 1..<runEnd(open + 1, .dotted)) { found.append(start..<end) }
        }
        for attribute in [" name=\"", " key=\"", " name='", " key='"].map({ Array($0.utf8) }) {
            offset = 0
            while let begin = ByteSearch.first(attribute, in: bytes, from: offset) {
                let name = begin + attribute.count..<runEnd(begin + attribute.count, .dotted)
                offset = name.upperBound
                guard has("\">", at: name.upperBound) || has("'>", at: name.upperBound), isTelling(name)
                else { continue }
                let start = name.upperBound + 2
                let end = ByteSearch.first([UInt8(ascii: "<")], in: bytes, from: start, to: lineEnd(start))
                if let end, SecretRules.isWorthHiding(bytes[start..<end], .certain) {
                    found.append(start..<end)
                }
            }
        }
        return found
    }

    private func isTelling(_ name: Range<Int>) -> Bool {
        !name.isEmpty && SecretRules.strength(ofName: bytes[name]) == .certain
    }

    /// The text in quotation marks that a rule compares a header or variable with: `$http_x_secret != "X"`.
    private func compared() -> [Range<Int>] {
        var found: [Range<Int>] = []
        for sign in [Array("==".utf8), Array("!=".utf8)] {
            var offset = 0
            while let begin = ByteSearch.first(sign, in: bytes, from: offset) {
                offset = begin + 2
                let start = runEnd(begin + 2, .blank)
                guard start < bytes.count, Self.quotes.contains(bytes[start]) else { continue }
                let rest = bytes[max(lineStart(begin), begin - 128)..<begin].reversed()
                    .drop { " \t})\"'".utf8.contains($0) }
                let name = rest.prefix { ByteSet.dotted.contains($0) }.reversed()
                let value = start + 1..<max(start + 1, min(closing(from: start), lineEnd(start)))
                if !name.isEmpty, SecretRules.strength(ofName: Array(name)[...]) == .certain,
                    SecretRules.isWorthHiding(bytes[value], .certain)
                {
                    found.append(value)
                }
            }
        }
        return found
    }

    /// The token in `tls { dns cloudflare X }`, on one line.
    private func bracedProviders() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        while let begin = ByteSearch.first(Array("{ dns ".utf8), in: bytes, from: offset) {
            offset = begin + 6
            let words = words(from: offset)
            if words.count > 1, !isText(words[1], "{"), !isText(words[1], "}") { found.append(words[1]) }
        }
        return found
    }

    /// The key of WireGuard that netplan calls `shared`: 32 bytes in base 64.
    private func sharedKeys() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        while let begin = ByteSearch.first(Array("shared: ".utf8), in: bytes, from: offset) {
            offset = begin + 8
            let start = runEnd(offset, .keyMargin)
            let end = runEnd(start, .base64)
            if end - start == 44, has("=", at: end - 1) { found.append(start..<end) }
        }
        return found
    }

    /// The X of `<name>a.password</name> <value>X</value>`.
    private func properties() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        while let begin = ByteSearch.first(Array("<name>".utf8), in: bytes, from: offset) {
            let name = begin + 6..<runEnd(begin + 6, .dotted)
            offset = name.upperBound
            let value = runEnd(name.upperBound + 7, .space)
            guard has("</name>", at: name.upperBound), has("<value>", at: value), isTelling(name) else {
                continue
            }
            let limit = min(bytes.count, value + 4096)
            let end = ByteSearch.first([UInt8(ascii: "<")], in: bytes, from: value + 7, to: limit)
            if let end, SecretRules.isWorthHiding(bytes[value + 7..<end], .certain) {
                found.append(value + 7..<end)
            }
        }
        return found
    }

    /// The value of `? NAME` on the line below it.
    private func keyedBelow() -> [Range<Int>] {
        lines.compactMap { start in
            let text = runEnd(start, .blank)
            guard has("? ", at: text) else { return nil }
            let line = lineEnd(text)
            let next = runEnd(line + 1, .blank)
            let name = text + 2..<runEnd(text + 2, .dotted)
            guard has(": ", at: next), runEnd(name.upperBound, .blank) == line, isTelling(name) else {
                return nil
            }
            let value = unquoted(next + 2..<lineEnd(next))
            return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
        }
    }
}

extension ArraySlice {
    /// The longest end all of whose elements satisfy `isIncluded`.
    func suffix(while isIncluded: (Element) -> Bool) -> ArraySlice {
        var start = endIndex
        while start > startIndex, isIncluded(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
