/// Where an SSH device is and how to log in there.
///
/// What is nil comes from the user's OpenSSH configuration, then from OpenSSH's own defaults.
package struct SSHTarget: Sendable, Hashable, Codable {
    /// Host name, address (IPv6 without brackets) or an alias of the OpenSSH configuration.
    package var host: String
    /// 1…65535.
    package var port: Int?
    package var user: String?
    /// Path of the private key to offer, before those of the configuration.
    package var identityFile: String?
    /// Jump hosts in order, each `[user@]host[:port]`.
    package var jumps: [String]

    package init(
        host: String, port: Int? = nil, user: String? = nil, identityFile: String? = nil, jumps: [String] = []
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identityFile = identityFile
        self.jumps = jumps
    }

    /// Reads `[user@]host[:port]`, `[user@][v6]:port`, a bare IPv6 address, or an `ssh://` address of these.
    ///
    /// Nil for an empty host, a host beginning with `-`, control characters or spaces, and ports outside
    /// 1…65535.
    package init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("ssh://") { rest = rest.dropFirst(6) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port: Int?
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            let after = rest[rest.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") && after.count > 1 else { return nil }
            if !after.isEmpty {
                guard let number = Int(after.dropFirst()) else { return nil }
                port = number
            }
            rest = rest[rest.index(after: rest.startIndex)..<close]
        } else if rest.filter({ $0 == ":" }).count == 1, let colon = rest.firstIndex(of: ":") {
            guard let number = Int(rest[rest.index(after: colon)...]) else { return nil }
            port = number
            rest = rest[..<colon]
        }
        let host = String(rest)
        guard Self.isPlain(host), user.map(Self.isPlain) ?? true, port.map((1...65535).contains) ?? true
        else { return nil }
        self.init(host: host, port: port, user: user)
    }

    /// Whether a colon stands before the `@`, as between a user and a password, which no address of SSH has.
    package static func hasPassword(_ text: String) -> Bool {
        let rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : Substring(text)
        return rest.lastIndex(of: "@").map { rest[..<$0].contains(":") } ?? false
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-")
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }

    /// `[user@]host[:port]`, with brackets around an IPv6 address that has a port.
    package var description: String {
        let shown = host.contains(":") && port != nil ? "[\(host)]" : host
        return (user.map { $0 + "@" } ?? "") + shown + (port.map { ":\($0)" } ?? "")
    }
}

extension SSHTarget: CustomStringConvertible {}
