/// An address whose path lets in whoever knows it: a webhook, the ping of a watched job, the API of a bot.
struct SecretAddress: Sendable {
    /// How much of what follows is the secret.
    enum Extent: Sendable {
        /// All to the end of the address.
        case rest
        /// The next part of the path.
        case part
        /// The next part, where it is a UUID or long and made of letters and digits at random.
        case randomPart
    }

    /// The host, or what it ends with behind a dot; empty for any host, as people run their own.
    let host: [UInt8]
    /// What stands before the secret; `*` for any one part.
    let path: [[UInt8]]
    let extent: Extent

    init(_ host: String, _ path: String, _ extent: Extent) {
        self.host = Array(host.utf8)
        self.path = path.split(separator: "/").map { Array($0.utf8) }
        self.extent = extent
    }

    static let known: [SecretAddress] = [
        .init("hooks.slack.com", "services", .rest), .init("hooks.slack.com", "workflows", .rest),
        .init("hooks.slack.com", "triggers", .rest), .init("discord.com", "api/webhooks", .rest),
        .init("discord.com", "api/*/webhooks", .rest), .init("discordapp.com", "api/webhooks", .rest),
        .init("webhook.office.com", "webhookb2", .rest), .init("outlook.office.com", "webhook", .rest),
        .init("outlook.office365.com", "webhook", .rest), .init("hooks.zapier.com", "hooks/catch", .rest),
        .init("maker.ifttt.com", "trigger/*/with/key", .part),
        .init("maker.ifttt.com", "trigger/*/json/with/key", .part),
        .init("hc-ping.com", "", .part), .init("nosnch.in", "", .part),
        .init("cronitor.link", "p", .part), .init("sync.afraid.org", "u", .part),
        .init("betteruptime.com", "api/v1/heartbeat", .part),
        .init("betterstack.com", "api/v1/heartbeat", .part), .init("", "ping", .randomPart),
        .init("", "api/push", .part), .init("", "api/webhook", .part), .init("", "hooks", .randomPart),
        .init("", "webhook", .randomPart),
    ]
}

extension SecretScan {
    private static let slash = UInt8(ascii: "/")

    /// The secret in the path of an address whose host stands at `start`.
    func addressSecret(at start: Int) -> Range<Int>? {
        let limit = min(bytes.count, start + 512)
        var end = start
        while end < limit, !ByteSet.authorityEnd.contains(bytes[end]) { end += 1 }
        guard end > start, end < limit, bytes[end] == Self.slash else { return nil }
        let host = bytes[start..<end].prefix { $0 != UInt8(ascii: ":") }
        if host.elementsEqual("api.telegram.org".utf8) { return botPart(from: end + 1) }
        for address in SecretAddress.known where isHost(host, address.host) {
            guard let secret = follow(address.path, from: end + 1),
                let found = secretPart(from: secret, address.extent)
            else { continue }
            return found
        }
        return nil
    }

    private func isHost(_ host: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard !wanted.isEmpty, host.count != wanted.count else {
            return wanted.isEmpty || host.elementsEqual(wanted)
        }
        return host.count > wanted.count && host.suffix(wanted.count).elementsEqual(wanted)
            && host.dropLast(wanted.count).last == UInt8(ascii: ".")
    }

    /// Where the part of the path behind `parts` begins; nil where the path is another one.
    private func follow(_ parts: [[UInt8]], from start: Int) -> Int? {
        var offset = start
        for part in parts {
            let end = partEnd(offset)
            guard end > offset, has("/", at: end) else { return nil }
            guard part.elementsEqual("*".utf8) || bytes[offset..<end].elementsEqual(part) else { return nil }
            offset = end + 1
        }
        return offset
    }

    private func partEnd(_ start: Int) -> Int {
        var end = start
        let limit = min(bytes.count, start + 256)
        while end < limit, !ByteSet.partEnd.contains(bytes[end]) { end += 1 }
        return end
    }

    private func secretPart(from start: Int, _ extent: SecretAddress.Extent) -> Range<Int>? {
        let part = start..<partEnd(start)
        // A place for the secret is none: `${UUID}`, `<token>`, `%s`.
        guard !part.isEmpty, let first = bytes[part].first, !"${<%".utf8.contains(first) else { return nil }
        switch extent {
        case .part: return part
        case .randomPart: return isRandom(part) ? part : nil
        case .rest:
            var end = part.upperBound
            while end < bytes.count, !ByteSet.urlEnd.contains(bytes[end]) { end += 1 }
            return start..<end
        }
    }

    /// Whether a part of a path is a UUID, or at least 20 letters and digits that are no words.
    private func isRandom(_ part: Range<Int>) -> Bool {
        let text = bytes[part]
        guard text.count >= 20, text.allSatisfy(ByteSet.token.contains) else { return false }
        return text.count { ByteSet.digits.contains($0) } >= 3
    }

    /// What stands behind `bot`, or `file/bot`, in a path of Telegram.
    private func botPart(from start: Int) -> Range<Int>? {
        let bot = has("file/", at: start) ? start + 5 : start
        guard has("bot", at: bot) else { return nil }
        return secretPart(from: bot + 3, .part)
    }
}
