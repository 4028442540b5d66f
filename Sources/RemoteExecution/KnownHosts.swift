import Basics

/// Host keys from OpenSSH's `known_hosts` files; read only, never written.
///
/// - SeeAlso: `sshd(8)`, SSH_KNOWN_HOSTS FILE FORMAT
package struct KnownHosts: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        let isRevoked: Bool
        let patterns: [String]
        let key: HostKey
    }

    private var entries: [Entry] = []

    /// Knows nobody.
    package init() {}

    /// Reads the text of a file; lines that cannot be read and `@cert-authority` lines are passed over.
    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            var words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            var isRevoked = false
            if first.hasPrefix("@") {
                guard first == "@revoked" else { continue }
                isRevoked = true
                words.removeFirst()
            }
            guard words.count >= 3, let key = HostKey(base64: words[2]), key.algorithm == words[1] else {
                continue
            }
            let patterns = words[0].split(separator: ",").map(String.init)
            entries.append(Entry(isRevoked: isRevoked, patterns: patterns, key: key))
        }
    }

    /// Adds what another file says.
    package mutating func add(_ other: KnownHosts) { entries += other.entries }

    /// The keys known for a host, without revoked ones.
    ///
    /// - Parameter port: 22 is never written in these files.
    package func keys(of host: String, port: Int = 22) -> [HostKey] {
        let name = port == 22 ? host : "[\(host)]:\(port)"
        let matching = entries.filter { Self.matches($0.patterns, name) }
        let revoked = Set(matching.filter(\.isRevoked).map(\.key))
        return matching.filter { !$0.isRevoked && !revoked.contains($0.key) }.map(\.key)
    }

    private static func matches(_ patterns: [String], _ name: String) -> Bool {
        if let hashed = patterns.first, hashed.hasPrefix("|1|") {
            let parts = hashed.split(separator: "|")
            guard parts.count == 3, let salt = Base64.bytes(parts[1]), let digest = Base64.bytes(parts[2])
            else {
                return false
            }
            return SSHDigest.hmacSHA1(key: salt, Array(name.lowercased().utf8)) == digest
        }
        return SSHConfigPattern.list(patterns, matches: name)
    }
}
