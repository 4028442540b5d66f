/// A token that its issuer made recognisable by how it begins.
private struct TokenShape {
    let prefix: [UInt8]
    let set: ByteSet
    /// How many characters follow the prefix at least.
    let least: Int

    init(_ prefix: String, _ set: ByteSet, _ least: Int) {
        self.prefix = Array(prefix.utf8)
        self.set = set
        self.least = least
    }

    /// By the number of the first two bytes.
    ///
    /// The lengths are the issuers' documented ones, a little shorter where they have varied.
    static let byStart: [[TokenShape]] = all.table(of: 1024) { SecretScan.pair($0.prefix[0], $0.prefix[1]) }

    private static let all: [TokenShape] =
        ["AKIA", "ASIA"].map { TokenShape($0, .upperDigits, 16) }
        + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "shpat_", "glsa_", "hf_", "dckr_pat_"].map {
            TokenShape($0, .token, 24)
        }
        + [
            "github_pat_", "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "dop_v1_", "hvs.", "pypi-",
            "whsec_",
        ].map {
            TokenShape($0, .token, 20)
        }
        + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-", "tskey-"].map {
            TokenShape($0, .token, 10)
        }
        + ["sk_live_", "sk_test_", "rk_live_", "rk_test_"].map { TokenShape($0, .token, 10) }
        + [
            TokenShape("AIza", .token, 30), TokenShape("ya29.", .token, 20), TokenShape("sk-", .token, 32),
            TokenShape("SG.", .dotted, 40), TokenShape("AGE-SECRET-KEY-1", .letters, 40),
            TokenShape("SWMTKN-1-", .token, 40), TokenShape("key-", .hexDigits, 32),
        ]
        + ["dp.st.", "dp.pt.", "dp.ct.", "dp.sa."].map { TokenShape($0, .dotted, 36) }
        + [
            "GOCSPX-", "ctx7sk-", "sb_secret_", "pscale_tkn_", "pscale_pw_", "NRAK-", "sntryu_", "rubygems_",
            "bkua_",
            "CCIPAT_", "doo_v1_", "dor_v1_", "sq0atp-", "sq0csp-", "GR1348941", "1//0",
        ].map { TokenShape($0, .token, 20) }
        + ["gsk_", "pplx-", "tvly-", "r8_", "ntn_", "nfp_", "vcp_", "ATBB", "ddp_", "jina_", "tk_"].map {
            TokenShape($0, .letters, 28)
        }
        + ["xai-", "glc_eyJ", "ops_eyJ", "sk.eyJ", "fm2_", "AKCp8", "cmVmdGtu", "eyJhIjoi", "oy2", "secret_"]
        .map {
            TokenShape($0, .letters, 40)
        }
        + ["fc-", "sbp_", "pul-", "SK", "CLOJARS_"].map { TokenShape($0, .hexDigits, 32) }
        + [TokenShape("fo1_", .token, 40), TokenShape("EAAA", .token, 60), TokenShape("npg_", .letters, 12)]
        + ["lin_api_", "PMAK-", "sntrys_", "dapi", "ATATT3", "atlasv1."].map { TokenShape($0, .token, 30) }
        + [
            TokenShape("EAAB", .letters, 30), TokenShape("EAAC", .letters, 30),
            TokenShape("figd_", .token, 30), TokenShape("grub.pbkdf2.", .dotted, 20),
        ]

    /// Where a token of this shape that begins at `offset` ends; nil when there is none.
    func end(_ offset: Int, in scan: SecretScan) -> Int? {
        let body = offset + prefix.count
        guard body <= scan.bytes.count, scan.bytes[offset..<body].elementsEqual(prefix) else { return nil }
        let end = scan.runEnd(body, set)
        return end - body >= least ? end : nil
    }
}

extension SecretScan {
    /// Secrets that show by themselves: tokens, hashes of passwords, bearer headers, credentials inside URLs.
    func shapes() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = 0
        while offset < bytes.count {
            guard let range = shape(at: offset) else {
                if ByteSet.letters.contains(bytes[offset]), startsWord(offset) {
                    found += statement(at: offset)
                }
                offset += 1
                continue
            }
            found.append(range)
            offset = max(offset + 1, range.upperBound)
        }
        return found + passwordFileLines() + spelledKeys()
    }

    private func shape(at offset: Int) -> Range<Int>? {
        switch bytes[offset] {
        case UInt8(ascii: ":"): return urlPassword(at: offset) ?? vaultKey(at: offset)
        case UInt8(ascii: "@"): return driverPassword(at: offset) ?? accountPassword(at: offset)
        case UInt8(ascii: "%"): return mountPassword(at: offset)
        case UInt8(ascii: "$"): return startsWord(offset) ? cryptHash(at: offset) : nil
        case UInt8(ascii: "{"): return ldapHash(at: offset)
        case UInt8(ascii: "~"): return clientSecret(at: offset)
        case UInt8(ascii: "?"): return signature(at: offset) ?? fallback(at: offset)
        case UInt8(ascii: "&"): return signature(at: offset)
        case UInt8(ascii: "|"): return fallback(at: offset)
        case UInt8(ascii: "_"): return ownToken(at: offset)
        case UInt8(ascii: "-"): return keyGroups(at: offset)
        case let byte where ByteSet.letters.contains(byte) && startsWord(offset):
            guard offset + 1 < bytes.count else { return nil }
            for shape in TokenShape.byStart[Self.pair(byte, bytes[offset + 1])] {
                if let end = shape.end(offset, in: self) { return offset..<end }
            }
            return webToken(at: offset) ?? bearer(at: offset) ?? botToken(at: offset) ?? chatToken(at: offset)
                ?? gossipKey(at: offset) ?? wholeKey(at: offset)
        default: return nil
        }
    }

    /// The number of two bytes that begin something, the same for some others.
    static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

    /// Whether no word goes on at `offset`; the `n` and `t` of an escape inside JSON end one.
    func startsWord(_ offset: Int) -> Bool {
        guard offset > 0,
            ByteSet.letters.contains(bytes[offset - 1]) || bytes[offset - 1] == UInt8(ascii: "$")
        else {
            return true
        }
        return offset > 1 && bytes[offset - 2] == UInt8(ascii: "\\")
    }

    /// A JSON web token: three parts of base 64, the first beginning with `{"`.
    private func webToken(at offset: Int) -> Range<Int>? {
        guard has("eyJ", at: offset) else { return nil }
        let first = runEnd(offset, .token)
        guard first - offset >= 12, has(".", at: first) else { return nil }
        let second = runEnd(first + 1, .token)
        guard second - first > 8, has(".", at: second) else { return nil }
        return offset..<runEnd(second + 1, .token)
    }

    /// A client secret of Azure: three characters, a digit, `Q~`, and at least 31 more.
    private func clientSecret(at offset: Int) -> Range<Int>? {
        guard offset >= 5, has("Q~", at: offset - 1), ByteSet.digits.contains(bytes[offset - 2]) else {
            return nil
        }
        let end = runEnd(offset + 1, .bearer)
        return end - offset > 31 ? offset - 5..<end : nil
    }

    /// The signature in the query of an address that lets in whoever has it.
    private func signature(at offset: Int) -> Range<Int>? {
        for name: StaticString in [
            "sig=", "signature=", "Signature=", "X-Amz-Signature=", "X-Goog-Signature=",
        ]
        where has(name, at: offset + 1) {
            let start = offset + 1 + name.utf8CodeUnitCount
            var end = start
            while end < bytes.count, !ByteSet.urlEnd.contains(bytes[end]), bytes[end] != UInt8(ascii: "&") {
                end += 1
            }
            return end - start >= 8 ? start..<end : nil
        }
        return nil
    }

    /// What follows `Bearer` or `Basic` in a header.
    private func bearer(at offset: Int) -> Range<Int>? {
        var start: Int
        let least: Int
        if has("Bearer ", at: offset) || has("bearer ", at: offset) {
            (start, least) = (offset + 7, 12)
        } else if has("Basic ", at: offset) || has("basic ", at: offset) {
            (start, least) = (offset + 6, 12)
        } else if has("Basic\\ ", at: offset) || has("Bearer\\ ", at: offset) {
            (start, least) = (runEnd(offset, .letters) + 2, 12)
        } else {
            return nil
        }
        if has("\\\n", at: start) { start = runEnd(start + 2, .blank) }
        let end = runEnd(start, .bearer)
        let hasDigit = bytes[start..<end].contains { $0 < 0x40 || $0 >= 0x41 && $0 <= 0x5A }
        return end - start >= least && hasDigit && !SecretRules.isWord(bytes[start..<end]) ? start..<end : nil
    }

    /// A Telegram bot token: digits, a colon, 35 characters.
    private func botToken(at offset: Int) -> Range<Int>? {
        let digits = runEnd(offset, .digits)
        guard (8...11).contains(digits - offset), has(":AA", at: digits) else { return nil }
        let end = runEnd(digits + 1, .token)
        return end - digits >= 34 ? offset..<end : nil
    }

    /// A token of a Discord bot: the number of the account in base 64, six characters, and 27 or more.
    private func chatToken(at offset: Int) -> Range<Int>? {
        guard bytes[offset] >= UInt8(ascii: "M"), bytes[offset] <= UInt8(ascii: "O") else { return nil }
        let first = runEnd(offset, .letters)
        guard (23...28).contains(first - offset), has(".", at: first) else { return nil }
        let second = runEnd(first + 1, .token)
        guard second - first == 7, has(".", at: second) else { return nil }
        let end = runEnd(second + 1, .token)
        return end - second > 27 ? offset..<end : nil
    }

    /// A hash in the notation of crypt(5), dollars doubled as compose files need it, behind backslashes as a shell does, or
    /// as they are.
    private func cryptHash(at offset: Int) -> Range<Int>? {
        var start = offset
        while start < bytes.count, start - offset < 2, bytes[start] == UInt8(ascii: "$") { start += 1 }
        let name = runEnd(start, .token)
        guard has("$", at: escaped(name)),
            Self.hashNames.contains(String(decoding: bytes[start..<name], as: UTF8.self))
        else {
            return nil
        }
        var end = runEnd(escaped(name), .hash)
        while end < bytes.count, escaped(end) > end { end = runEnd(escaped(end), .hash) }
        return end - name >= 12 ? offset..<end : nil
    }

    /// The offset of the dollar where backslashes stand before one, else `offset`.
    private func escaped(_ offset: Int) -> Int {
        var end = offset
        while end < bytes.count, end - offset < 4, bytes[end] == UInt8(ascii: "\\") { end += 1 }
        return has("$", at: end) ? end : offset
    }

    private static let hashNames: Set<String> = [
        "1", "2", "2a", "2b", "2x", "2y", "5", "6", "7", "y", "gy", "sha1", "md5", "apr1", "argon2i",
        "argon2d",
        "argon2id", "scrypt", "pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512", "P", "H", "S", "bcrypt-sha256",
        "BALLOON-SHA256",
    ]

    /// `{SSHA}…` of LDAP and htpasswd, `{PLAIN}…` of dovecot.
    private func ldapHash(at offset: Int) -> Range<Int>? {
        for scheme: StaticString in [
            "{PLAIN}", "{CLEARTEXT}", "{CLEAR}", "{plain}", "{cleartext}", "{clear}",
        ] where has(scheme, at: offset) {
            let start = offset + scheme.utf8CodeUnitCount
            var end = start
            while end < bytes.count, !ByteSet.urlEnd.contains(bytes[end]), bytes[end] != UInt8(ascii: ":") {
                end += 1
            }
            return end > start ? start..<end : nil
        }
        for scheme: StaticString in [
            "{SHA}", "{SSHA}", "{SHA256}", "{SSHA256}", "{SHA512}", "{SSHA512}", "{CRYPT}", "{MD5}", "{SMD5}",
            "{PLAIN-MD5}", "{CRAM-MD5}", "{DIGEST-MD5}",
        ] where has(scheme, at: offset) {
            let start = offset + scheme.utf8CodeUnitCount
            let end = runEnd(start, .hash)
            return end - start >= 8 ? start..<end : nil
        }
        return nil
    }

    /// The password, or the lone token, of a URL whose `://` stands at `offset`; or the part of its path that lets in.
    private func urlPassword(at offset: Int) -> Range<Int>? {
        guard has("://", at: offset), offset > 0, ByteSet.scheme.contains(bytes[offset - 1]) else {
            return nil
        }
        let start = offset + 3
        // An address longer than this is none; the limit keeps hostile text from costing its square.
        let limit = min(bytes.count, start + 1024)
        guard hasAt(in: start..<limit) else { return addressSecret(at: start) }
        var end = start
        while end < limit, !ByteSet.authorityEnd.contains(bytes[end]) { end += 1 }
        let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":"))
        var at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@"))
        if let colon, at.map({ colon < $0 }) ?? true, colon + 1 == end || runEnd(colon + 1, .digits) != end,
            !has("[", at: start)
        {
            at = accountEnd(behind: colon, limit) ?? at
        }
        guard let at else { return addressSecret(at: start) }
        if let colon, colon < at { return isPlaceholder(colon + 1..<at) ? nil : colon + 1..<at }
        let isWeb = bytes[..<offset].suffix(5).elementsEqual("https".utf8) || has("http", at: offset - 4)
        return isWeb && at - start >= 8 ? start..<at : nil
    }

    /// The last `@` of an address behind which a host follows: a password has any marks, as nobody encoded them.
    private func accountEnd(behind colon: Int, _ limit: Int) -> Int? {
        var (end, found) = (colon + 1, Int?.none)
        while end < limit, !ByteSet.addressEnd.contains(bytes[end]) {
            // Another address, as in a list of them.
            if has("://", at: end) { break }
            if bytes[end] == UInt8(ascii: "@"), let host = hostEnd(end + 1) {
                // What follows the host of an earlier one is a path of words, as that of a package with a scope.
                if let earlier = found.flatMap({ hostEnd($0 + 1) }), isPathOfWords(earlier..<end) { break }
                found = end
                end = host
            } else {
                end += 1
            }
        }
        return found
    }

    /// Where a host and perhaps its port end that begin at `start`; nil where none does.
    private func hostEnd(_ start: Int) -> Int? {
        if has("$", at: start) || has("{", at: start) || has("[", at: start) || has("%", at: start) {
            return start + 1
        }
        var end = runEnd(start, .dotted)
        guard end > start else { return nil }
        if has(":", at: end) { end = max(end, runEnd(end + 1, .digits)) }
        return end == bytes.count || ByteSet.hostEnd.contains(bytes[end]) ? end : nil
    }

    /// Whether a path begins here whose parts are words or figures.
    private func isPathOfWords(_ path: Range<Int>) -> Bool {
        guard let first = bytes[path].first, "/?".utf8.contains(first) else { return false }
        return bytes[path].split { "/?&=.:@-_".utf8.contains($0) }.allSatisfy { word in
            word.allSatisfy { $0 >= 0x61 && $0 <= 0x7A } || word.allSatisfy(ByteSet.digits.contains)
        }
    }

    /// Whether a range is `${NAME}`, `<password>` or stars, which hide nothing; figures are a password there.
    private func isPlaceholder(_ range: Range<Int>) -> Bool {
        !bytes[range].allSatisfy(ByteSet.digits.contains)
            && !SecretRules.isWorthHiding(bytes[range], .certain)
    }

    /// The password of a Go database driver's address, `user:password@tcp(host)/name`.
    private func driverPassword(at offset: Int) -> Range<Int>? {
        guard has("@tcp(", at: offset) || has("@unix(", at: offset) else { return nil }
        var start = offset
        while start > max(0, offset - 256), !ByteSet.urlEnd.contains(bytes[start - 1]) { start -= 1 }
        guard let colon = bytes[start..<offset].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return colon + 1..<offset
    }

    /// The last field of lines as in `.pgpass`: `host:port:database:user:password`.
    private func passwordFileLines() -> [Range<Int>] {
        lines.compactMap { start in
            guard start < bytes.count else { return nil }
            let end = lineEnd(start)
            var colons: [Int] = []
            for offset in start..<end {
                if bytes[offset] == 0x20 || bytes[offset] == 0x09 { return nil }
                if bytes[offset] == UInt8(ascii: ":"), !has("\\:", at: offset - 1) || offset == start {
                    colons.append(offset)
                    if colons.count > 4 { return nil }
                }
            }
            guard colons.count == 4, colons[0] > start, bytes[start] != UInt8(ascii: "/") else { return nil }
            let port = bytes[colons[0] + 1..<colons[1]]
            let isPort =
                port.elementsEqual("*".utf8) || port.count > 1 && port.allSatisfy(ByteSet.digits.contains)
            let hasAll = colons[2] > colons[1] + 1 && colons[3] > colons[2] + 1 && end > colons[3] + 1
            return isPort && hasAll ? colons[3] + 1..<end : nil
        }
    }
}
