/// Passwords that are joined to an account, and keys that stand among the members of a key.
extension SecretScan {
    /// The longest word around an `@` or a `%` that is looked at, in bytes, to each side.
    private static let wordLimit = 128

    /// The password of `root:X@host` without a scheme.
    ///
    /// The host must be one, and the account usual or the password no plain word: `mailto:ann@example.org` and
    /// `npm:string-width@4.2.3` look alike.
    func accountPassword(at offset: Int) -> Range<Int>? {
        var start = offset
        let limit = max(0, offset - Self.wordLimit)
        while start > limit, !ByteSet.accountStart.contains(bytes[start - 1]) { start -= 1 }
        guard let colon = bytes[start..<offset].firstIndex(of: UInt8(ascii: ":")), colon > start,
            bytes[start..<colon].allSatisfy(ByteSet.dotted.contains), !has("://", at: colon),
            isHost(at: offset + 1)
        else { return nil }
        let account = String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
        let value = colon + 1..<offset
        guard !value.isEmpty, !isReading(value), !Self.schemes.contains(account),
            !bytes[value].contains(UInt8(ascii: "/"))
        else { return nil }
        return Self.accounts.contains(account) || isInvented(value) ? value : nil
    }

    /// Whether an address, a name with a domain, or a name with a port stands at `start`.
    private func isHost(at start: Int) -> Bool {
        let end = min(runEnd(start, .dotted), start + Self.wordLimit)
        let parts = bytes[start..<end].split(separator: UInt8(ascii: "."))
        guard let last = parts.last, last.startIndex > 0 else { return false }
        if parts.count > 1 {
            let isAddress = parts.count == 4 && parts.allSatisfy { $0.allSatisfy(ByteSet.digits.contains) }
            let isDomain = last.count >= 2 && last.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
            return isAddress || isDomain
        }
        let port = runEnd(end + 1, .digits)
        return has(":", at: end) && (2...5).contains(port - end - 1)
    }

    /// What stands before a colon where it is no account.
    private static let schemes: Set<String> = [
        "mailto", "sip", "sips", "xmpp", "acct", "im", "tel", "ssh", "sftp", "git", "npm", "pkg", "matrix",
        "email", "mail", "from", "to", "cc", "bcc", "sender", "owner", "contact", "author", "smtp", "rsync",
        "sha256", "sha512", "group", "dns", "http", "https", "uri", "url", "image", "jid", "workspace",
        "principal", "spiffe", "id", "key", "host", "address", "uid", "login", "reply-to",
    ]

    private static let accounts: Set<String> = [
        "root", "admin", "administrator", "guest", "pi", "ubuntu", "debian", "postgres", "mysql", "ftp",
        "operator", "service", "rabbitmq", "elastic", "oracle", "sa",
    ]

    /// The password of `user=ann%X` among the options of a mount.
    func mountPassword(at offset: Int) -> Range<Int>? {
        var start = offset
        let limit = max(0, offset - Self.wordLimit)
        while start > limit, ByteSet.mountAccount.contains(bytes[start - 1]) { start -= 1 }
        guard start < offset, has("=", at: start - 1) else { return nil }
        let isName = ["user", "username"].contains { name in
            let begin = start - 1 - name.utf8.count
            return begin >= 0 && bytes[begin..<start - 1].elementsEqual(name.utf8)
                && (begin == 0 || ByteSet.mountMargin.contains(bytes[begin - 1]))
        }
        guard isName else { return nil }
        var end = offset + 1
        while end < bytes.count, !ByteSet.mountEnd.contains(bytes[end]) { end += 1 }
        return end > offset + 1 && !isReading(offset + 1..<end) ? offset + 1..<end : nil
    }

    /// The key by which the servers of a Consul or Nomad know each other: `encrypt = "…"`.
    func gossipKey(at offset: Int) -> Range<Int>? {
        guard has("encrypt", at: offset) else { return nil }
        var start = offset + 7
        if has("\"", at: start) { start += 1 }
        start = runEnd(start, .blank)
        guard has("=", at: start) || has(":", at: start) else { return nil }
        start = runEnd(start + 1, .blank)
        if has("\"", at: start) { start += 1 }
        let limit = min(bytes.count, start + 45)
        let end = bytes[start..<max(start, limit)].firstIndex { !ByteSet.base64.contains($0) } ?? limit
        let isKey = (24...44).contains(end - start) && has("=", at: end - 1)
        return isKey ? start..<end : nil
    }

    /// The private members of JSON web keys.
    func webKeys() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var resume = 0
        while let kind = ByteSearch.first(Array("\"kty\"".utf8), in: bytes, from: resume) {
            let first = max(resume, kind - Self.keyLimit)
            let start = bytes[first..<kind].lastIndex(of: UInt8(ascii: "{")) ?? first
            let last = min(bytes.count, kind + Self.keyLimit)
            let end = bytes[kind..<last].firstIndex(of: UInt8(ascii: "}")) ?? last
            found += members(in: start..<end)
            resume = end
        }
        return found
    }

    /// The longest key that is looked at, in bytes to each side of its kind.
    private static let keyLimit = 8192

    private func members(in object: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var offset = object.lowerBound
        while let open = bytes[offset..<object.upperBound].firstIndex(of: UInt8(ascii: "\"")) {
            let rest = bytes[open + 1..<object.upperBound]
            guard let close = rest.firstIndex(of: UInt8(ascii: "\"")) else { break }
            offset = close + 1
            let name = String(decoding: bytes[open + 1..<close].prefix(4), as: UTF8.self)
            guard SecretRules.keyMembers.contains(name) else { continue }
            let colon = runEnd(offset, .space)
            let start = runEnd(colon + 1, .space)
            guard has(":", at: colon), has("\"", at: start), start < object.upperBound,
                let end = bytes[start + 1..<object.upperBound].firstIndex(of: UInt8(ascii: "\""))
            else { continue }
            found.append(start + 1..<end)
            offset = end + 1
        }
        return found
    }

    /// What Subversion keeps of an account: `password`, the length of the value, and the value.
    func savedPasswords() -> [Range<Int>] {
        ["\npassword\nV ", "\npassphrase\nV "].flatMap { mark -> [Range<Int>] in
            var found: [Range<Int>] = []
            var next = ByteSearch.first(Array(mark.utf8), in: bytes)
            while let hit = next {
                let digits = hit + mark.utf8.count
                let end = runEnd(digits, .digits)
                if end > digits, has("\n", at: end) { found.append(end + 1..<lineEnd(end + 1)) }
                next = ByteSearch.first(Array(mark.utf8), in: bytes, from: digits)
            }
            return found
        }
    }
}

extension SecretRules {
    /// The members of a JSON web key (RFC 7518) that make it a private one.
    static let keyMembers: Set<String> = ["d", "p", "q", "dp", "dq", "qi", "k"]
}
