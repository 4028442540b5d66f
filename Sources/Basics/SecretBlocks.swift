extension SecretScan {
    /// What stands in blocks that say by their beginning that all of it is secret.
    func structures() -> [Range<Int>] {
        kubernetesSecrets() + generatedSecrets() + objectSecrets() + keyLines() + accountLines()
            + secretColumns() + starredColumns()
            + signIns() + commercialKeys() + ruledLines() + webKeys() + savedPasswords() + variableDefaults()
    }

    /// The private lines of the keys of PuTTY.
    private func keyLines() -> [Range<Int>] {
        let mark = Array("\nPrivate-Lines:".utf8)
        var found: [Range<Int>] = []
        var next = ByteSearch.first(mark, in: bytes)
        while let start = next {
            let body = lineEnd(start + 1) + 1
            let end =
                ByteSearch.first(Array("\nPrivate-MAC:".utf8), in: bytes, from: start + 1) ?? bytes.count
            if body < end { found.append(body..<end) }
            next = ByteSearch.first(mark, in: bytes, from: end)
        }
        return found
    }

    /// The private keys of the commercial SSH, whose markers have four dashes.
    private func commercialKeys() -> [Range<Int>] {
        let mark = Array("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----".utf8)
        var found: [Range<Int>] = []
        var next = ByteSearch.first(mark, in: bytes)
        while let start = next {
            let body = start + mark.count
            let end = ByteSearch.first(Array("---- END SSH2".utf8), in: bytes, from: body) ?? bytes.count
            found.append(body..<end)
            next = ByteSearch.first(mark, in: bytes, from: end)
        }
        return found
    }

    /// What follows the account in `<auth-user-pass>` of OpenVPN.
    private func signIns() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var next = ByteSearch.first(Self.signIn, in: bytes)
        while let start = next {
            let account = lineEnd(start) + 1
            let body = lineEnd(min(account, bytes.count)) + 1
            let end =
                ByteSearch.first(Array("</auth-user-pass>".utf8), in: bytes, from: start) ?? bytes.count
            if body < end { found.append(body..<end) }
            next = ByteSearch.first(Self.signIn, in: bytes, from: max(end, start + 1))
        }
        return found
    }

    private static let signIn = Array("<auth-user-pass>".utf8)

    /// The password in lines of `sasl_passwd`: `[smtp.example]:587 user:password`.
    private func accountLines() -> [Range<Int>] {
        lines.compactMap { start in
            guard has("[", at: start) else { return nil }
            let end = lineEnd(start)
            guard let close = bytes[start..<end].firstIndex(of: UInt8(ascii: "]")),
                let blank = bytes[close..<end].firstIndex(where: { $0 == 0x20 || $0 == 0x09 }),
                bytes[close + 1..<blank].allSatisfy({ $0 == 0x3A || ByteSet.digits.contains($0) })
            else { return nil }
            let account = runEnd(blank, .blank)
            guard let colon = bytes[account..<end].firstIndex(of: UInt8(ascii: ":")), colon > account,
                colon + 1 < end, !has("://", at: colon),
                !bytes[account..<end].contains(0x20),
                !bytes[account..<end].allSatisfy({ $0 == 0x3A || ByteSet.digits.contains($0) })
            else { return nil }
            return colon + 1..<end
        }
    }
}
