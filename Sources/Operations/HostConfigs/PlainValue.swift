import Basics

/// Tells values that nobody keeps secret: a few plain words, small numbers, paths of such.
///
/// A token has letters and digits mixed, or more of either than a word has.
enum PlainValue {
    /// The longest value that is looked into, in bytes.
    private static let longest = 120
    /// The most words that a value has.
    private static let most = 12

    static func isPlain(_ text: String) -> Bool {
        guard text.utf8.count <= longest else { return false }
        let words = text.split { !$0.isLetter && !$0.isNumber }
        return words.count <= most && words.allSatisfy(isWord)
    }

    /// Letters of one case, or with the first one large, and a few digits behind them; or hardly any of either.
    static func isWord(_ word: Substring) -> Bool {
        guard word.count > 3 else { return true }
        let letters = word.prefix { $0.isLetter }
        let digits = word.dropFirst(letters.count)
        guard letters.count <= 14, digits.count <= 5, digits.allSatisfy(\.isNumber) else { return false }
        let rest = letters.dropFirst()
        return rest.allSatisfy(\.isLowercase) || letters.allSatisfy(\.isUppercase)
    }

    /// The least length of a word that is taken for a token by its looks alone, in bytes.
    private static let drawnLength = 16

    /// Whether a word looks drawn at random: long, and letters and digits mixed in it.
    static func isDrawn(_ word: Substring) -> Bool {
        let bytes = Array(word.utf8)
        guard bytes.count >= drawnLength, bytes.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else {
            return false
        }
        return SecretRules.looksInvented(bytes[...]) && !isPlain(String(word)) && !isDated(word)
    }

    /// Whether it is plain but for a date, as names of models have one.
    private static func isDated(_ word: Substring) -> Bool {
        let parts = word.split(separator: "-")
        let rest = parts.filter { $0.count != 8 || !$0.hasPrefix("20") || !$0.allSatisfy(\.isNumber) }
        return rest.count == parts.count - 1 && rest.allSatisfy { isPlain(String($0)) }
    }

    /// An address with what may be a secret hidden: a name or a value of its question that looks drawn at random or has
    /// no name, its path from the first such name on, and the account of one without a password.
    static func address(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let rest = text[scheme.upperBound...]
        let host = rest.prefix { !"/?#".contains($0) }
        var shown = String(text[..<scheme.upperBound])
        if let at = host.lastIndex(of: "@"), host[..<at].last == ":", at > host.index(after: host.startIndex)
        {
            shown += "‹hidden›:" + host[at...]
        } else if let colon = host.lastIndex(of: ":"), !isPort(host[host.index(after: colon)...]),
            !host.contains("@"), !host.hasPrefix("[")
        {
            // What stands there before a sign that was cut off is a password.
            return shown + host[...colon] + "‹hidden›"
        } else {
            shown += host
        }
        let path: Substring = rest[host.endIndex...].prefix { $0 != "?" }
        // What follows a hidden path is hidden with it.
        if let hidden = self.path(path) { return shown + hidden }
        let question = rest[path.endIndex...]
        return shown + path + (question.isEmpty ? "" : self.question(question))
    }

    /// Whether it is a port, or stands for one.
    private static func isPort(_ text: Substring) -> Bool {
        text.allSatisfy(\.isNumber) || ["$", "{", "<"].contains(text.first)
    }

    /// The path with what follows the first name hidden that is no plain one; nil for one that stays.
    private static func path(_ path: Substring) -> String? {
        var start = path.startIndex
        while start < path.endIndex {
            let next = path.index(after: start)
            let end = path[next...].firstIndex { "/#".contains($0) } ?? path.endIndex
            let name = path[next..<end]
            let words = name.split { !$0.isLetter && !$0.isNumber }
            // A long word of small letters alone is a name.
            let isPlain = words.allSatisfy { isWord($0) || $0.count <= 30 && $0.allSatisfy(\.isLowercase) }
            if name.utf8.count >= drawnLength, !isPlain { return path[..<next] + "‹hidden›" }
            start = end
        }
        return nil
    }

    /// What stands behind `#`, hidden where it looks drawn at random.
    private static func fragment(_ text: Substring) -> String {
        isDrawn(text.dropFirst()) ? "#‹hidden›" : String(text)
    }

    /// Whether a value is an address, written with percent signs, of which something would be hidden.
    static func isSecretAddress(_ value: Substring) -> Bool {
        guard value.contains("%"), let text = decoded(value), text.contains("://") else { return false }
        let account = text.split(separator: "://", maxSplits: 1).last?.prefix { !"/?#".contains($0) } ?? ""
        return address(text) != text || account.contains(":") && account.contains("@")
    }

    /// A text with what percent signs stand for; nil where that is no text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A question with those values hidden that look drawn at random, and what has no name and is not plain.
    private static func question(_ question: Substring) -> String {
        let mark = question.firstIndex(of: "#") ?? question.endIndex
        let parts = question[..<mark].dropFirst().split(separator: "&", omittingEmptySubsequences: false)
        let shown = parts.map { part -> String in
            guard let sign = part.firstIndex(of: "=") else {
                return isPlain(String(part)) ? String(part) : "‹hidden›"
            }
            let value = part[part.index(after: sign)...]
            return isDrawn(value) || isSecretAddress(value) ? part[...sign] + "‹hidden›" : String(part)
        }
        return "?" + shown.joined(separator: "&") + fragment(question[mark...])
    }
}
