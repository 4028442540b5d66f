/// How sure a name is about its value being a secret.
package enum SecretNameStrength: Sendable {
    /// Whatever it holds is a secret: `DB_PASSWORD`, `api-token`.
    case certain
    /// It usually holds a secret, but also words, paths, addresses and switches: `KEY`, `auth`.
    case likely
    /// It says nothing itself and stands below a name that is certain: words are secrets, places are not.
    case member
    /// It may hold one: only a value that looks made up is taken for it. `pin`, `hmac`, `session_id`.
    case doubtful
}

extension SecretRules {
    /// What the name of a setting, variable, label or flag says about its value; nil when it is no name for a secret.
    ///
    /// Words are told apart by `_`, `-`, `.` and capitals, so that `MONKEY`, `AUTHOR` and `PasswordAuthentication`
    /// stay readable while `apiKey`, `WG_PRIVATE_KEY` and `requirepass` do not.
    package static func strength(ofName name: some StringProtocol) -> SecretNameStrength? {
        strength(ofName: Array(name.utf8)[...])
    }

    /// The same for a name given as bytes.
    static func strength(ofName name: ArraySlice<UInt8>) -> SecretNameStrength? {
        guard mayTell(name) else { return nil }
        let words = words(of: name.suffix(256))
        guard let last = words.last, !describesSecret.contains(last) else { return nil }
        if words.count == 1, isWorkingFolder(last) {
            return last == "pwd" && !name.elementsEqual("PWD".utf8) ? .likely : nil
        }
        if last == "community" { return strength(ofCommunityAfter: words.dropLast().last) }
        if plainNames.contains(words.joined()) { return nil }
        if last == "pass", let before = words.dropLast().last, passesRequests.contains(before) { return nil }
        // Who asks for a password says none: `systemd-ask-password`.
        if words.dropLast().last == "ask" { return nil }
        if words.contains(where: isCertain) || words.suffix(3) == ["mot", "de", "passe"] { return .certain }
        if let index = words.firstIndex(where: keyWords.contains) {
            return strength(ofKeyAt: index, in: words)
        }
        if last == "oauth", ["github", "gitlab", "bitbucket"].contains(words.dropLast().last) {
            return .certain
        }
        // The salts of WordPress, and the account of npm.
        if words.count > 1 && last == "salt" || name.elementsEqual("_auth".utf8) { return .certain }
        if words.contains(where: likelyWords.contains) { return .likely }
        return isDoubtful(last, after: words.dropLast().last) ? .doubtful : nil
    }

    /// What a name says in which a key is named: what opens a door has the word for it before it, and others order, count
    /// or name something, as `cache_key` and `HandlePowerKey`.
    private static func strength(ofKeyAt index: Int, in words: [String]) -> SecretNameStrength? {
        let before = index > 0 ? words[index - 1] : ""
        if publicWords.contains(before) { return nil }
        if certainKeys.contains(before) {
            return index == words.count - 1 || words.last != "id" ? .certain : .doubtful
        }
        let isLast = index == words.count - 1 || keyForms.contains(words[words.count - 1])
        if !isLast, words.contains(where: likelyWords.contains) { return .likely }
        return isLast && (before.isEmpty || likelyKeys.contains(before)) ? .likely : .doubtful
    }

    /// Whether the last words of a name may as well be those of something harmless.
    private static func isDoubtful(_ last: String, after word: String?) -> Bool {
        if doubtfulWords.contains(last) { return true }
        guard let word else { return false }
        return doubtfulPairs.contains("\(word) \(last)")
    }

    /// Communities of SNMP are passwords, those of BGP are not.
    private static func strength(ofCommunityAfter word: String?) -> SecretNameStrength? {
        guard let word else { return .likely }
        return routingWords.contains(word) ? nil : .certain
    }

    /// Whether the whole content of the file at `path` is a secret, judged by its name.
    package static func isSecretPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let file = parts.last else { return false }
        if parts.count > 1, file == "passwd", parts[parts.count - 2].hasSuffix("vnc") { return true }
        if parts.dropLast().contains(where: { $0.hasPrefix("openvpn") }) {
            // Two lines, account and password, under a name that a configuration gives.
            let isSignIn = signInFiles.contains(String(file)) || file.hasSuffix(".auth")
            if isSignIn || file.hasPrefix("auth-user-pass") { return true }
        }
        if parts.count > 1, ["secrets", "pam.d", "private"].contains(parts[parts.count - 2]) {
            return parts[parts.count - 2] != "pam.d"
        }
        if secretFiles.contains(String(file)) { return true }
        if plainFiles.contains(String(file)) { return false }
        if file.hasPrefix("ssh_host_") && file.hasSuffix("_key") { return true }
        let stem = file.drop { $0 == "." }
        if let dot = stem.lastIndex(of: ".") {
            let ending = stem[stem.index(after: dot)...]
            if secretEndings.contains(String(ending)) { return true }
            guard ending == "txt" else { return false }
            return strength(ofName: stem[..<dot]) == .certain
        }
        return strength(ofName: stem) == .certain
    }

    /// The lower-case words of `name`; digits at the end of a word are dropped.
    private static func words(of name: ArraySlice<UInt8>) -> [String] {
        var words: [[UInt8]] = [[]]
        var previousIsLower = false
        let units = Array(name)
        for (index, unit) in units.enumerated() {
            let isUpper = unit >= 0x41 && unit <= 0x5A
            let isLower = unit >= 0x61 && unit <= 0x7A
            let isDigit = unit >= 0x30 && unit <= 0x39
            let nextIsLower = index + 1 < units.count && units[index + 1] >= 0x61 && units[index + 1] <= 0x7A
            if !isUpper && !isLower && !isDigit {
                words.append([])
            } else {
                if isUpper && (previousIsLower || nextIsLower) { words.append([]) }
                words[words.count - 1].append(isUpper ? unit + 0x20 : unit)
            }
            previousIsLower = isLower || isDigit
        }
        return words.compactMap { word in
            let end = word.lastIndex { $0 > 0x39 }
            guard let end else { return nil }
            return String(decoding: word[...end], as: UTF8.self)
        }
    }

    /// Whether a telling word may lie in a name or a line; quick, so that most names of a text cost next to nothing.
    static func mayTell(_ name: ArraySlice<UInt8>) -> Bool {
        let pairs = pairs
        for offset in name.indices.dropLast() {
            guard pairs[Int(name[offset] & 31)] >> UInt32(name[offset + 1] & 31) & 1 == 1 else { continue }
            for start in starts[Int(name[offset] | 0x20)] where name.endIndex - offset >= start.count {
                var length = 1
                while length < start.count, name[offset + length] | 0x20 == start[length] { length += 1 }
                if length == start.count { return true }
            }
        }
        return false
    }

    /// For the low bits of a first byte, a bit for those of each second one that any of `starts` has.
    private static let pairs: [UInt32] = {
        var pairs = [UInt32](repeating: 0, count: 32)
        for start in starts.joined() { pairs[Int(start[0] & 31)] |= 1 << UInt32(start[1] & 31) }
        return pairs
    }()

    /// What all telling words begin with or hold, by first byte.
    private static let starts: [[[UInt8]]] = [
        "pas", "pw", "psk", "dsn", "jwt", "bearer", "auth", "key", "secret", "token", "cred", "priv",
        "cookie", "salt", "webhook", "rocom", "rwcom", "community", "pin", "hmac", "mnemonic", "seed",
        "unseal", "recovery", "backup_code", "backupcode", "\u{7F}pat", "otp", "session", "cloudflare",
        "phrase", "kennw", "contrase", "senha", "wachtw", "mot",
    ]
    .map { Array($0.utf8) }.table(of: 256) { Int($0[0]) }

    private static func isCertain(_ word: String) -> Bool {
        if certainWords.contains(word) { return true }
        let bytes = Array(word.utf8)
        if fragments.contains(where: { ByteSearch.first($0, in: bytes) != nil }) {
            return !plainWords.contains(word)
        }
        return ["pass", "pwd", "pw"].contains { word.hasSuffix($0) } && !plainWords.contains(word)
    }

    private static func isWorkingFolder(_ word: String) -> Bool { word == "pwd" || word == "oldpwd" }

    /// Whether `word` says something about a secret and is none.
    static func describesSecret(_ word: ArraySlice<UInt8>) -> Bool {
        describesSecret.contains(String(decoding: word, as: UTF8.self))
    }

    /// The same of the last word of a name.
    static func describesLast(_ name: ArraySlice<UInt8>) -> Bool {
        words(of: name.suffix(256)).last.map(describesSecret.contains) ?? false
    }

    private static let certainWords: Set<String> = [
        "pass", "pw", "pwd", "psk", "dsn", "jwt", "bearer", "masterauth", "authorization", "presharedkey",
        "authkey", "authtok", "sharedkey", "accesskey", "sessionkey", "encryptionkey", "decryptionkey",
        "signingkey",
        "authtoken", "kennwort", "contrasena", "senha", "wachtwoord", "motdepasse",
        "rocommunity",
        "rwcommunity", "trapcommunity", "defcommunity",
    ]
    private static let fragments = [
        "passw", "passphrase", "passcode", "secret", "token", "apikey", "privatekey", "privkey", "credential",
    ].map { Array($0.utf8) }
    private static let likelyWords: Set<String> = [
        "auth", "cred", "creds", "private", "cookie", "salt", "htpasswd", "webhook",
    ]
    private static let doubtfulWords: Set<String> = [
        "pin", "hmac", "mnemonic", "seed", "otp", "sessionid", "seedphrase",
    ]
    private static let doubtfulPairs: Set<String> = [
        "recovery code", "recovery codes", "backup code", "backup codes", "github pat", "gitlab pat",
        "azure pat",
        "ado pat", "vault unseal", "session id", "cloudflare api", "seed phrase", "recovery phrase",
        "mnemonic phrase", "seed words",
    ]
    private static let keyWords: Set<String> = ["key", "keys"]
    private static let certainKeys: Set<String> = [
        "private", "preshared", "api", "access", "encryption", "decryption", "signing", "wep", "app",
        "master", "session", "cf", "psk", "shared", "account", "auth", "application", "nonce",
    ]
    private static let publicWords: Set<String> = [
        "public", "pub", "authorized", "primary", "foreign", "host", "sort",
    ]
    /// What stands before `key` where it usually is a secret one.
    private static let likelyKeys: Set<String> = [
        "tls", "ssl", "server", "client", "ssh", "cert", "certificate", "ca", "hmac", "rsa", "ec", "dsa",
        "ecdsa",
        "pgp", "gpg", "jwt", "cookie", "root", "vault", "restic", "borg", "db", "database", "luks", "disk",
        "backup",
        "sync", "admin", "crypto", "crypt", "cipher", "aes", "license", "licence", "product", "activation",
        "auth",
        "authentication", "consumer", "account", "storage", "webhook", "bot", "service", "deploy",
        "integration",
        "rest", "wifi", "wlan", "network", "user", "my", "the", "new", "old", "current", "secure", "rpc",
        "tsig", "wg",
        "wireguard", "peer", "node", "cluster", "gossip", "join", "stream", "ingest", "write", "push",
        "flask", "django",
        "rails", "base", "fernet", "unseal", "recovery", "hidden",
    ]
    /// What stands behind `key` where it says how the key is written.
    private static let keyForms: Set<String> = [
        "pem", "data", "string", "material", "base", "b", "value", "hex", "text", "json", "raw", "plain",
        "content",
        "secret", "s",
    ]
    /// Names in which a telling word says something else.
    private static let plainNames: Set<String> = [
        "servertokens", "passenvironment", "keyringmode", "loadcredential", "loadcredentialencrypted",
        "importcredential", "conditioncredential", "assertcredential", "accesskey",
    ]
    /// What stands before `community` in the words of BGP.
    private static let routingWords: Set<String> = [
        "large", "ext", "extended", "standard", "send", "match", "set", "graceful", "delete", "add",
    ]
    /// Words that contain a telling fragment by chance.
    private static let plainWords: Set<String> = [
        "bypass", "compass", "tokenizer", "tokenizers", "secretary", "passwordless", "oldpwd", "surpass",
        "nopasswd", "nopass", "vipw", "getpw", "putpw", "askpass", "passwordeval", "passwordcommand",
        "passwordcmd",
        "passwdcommand", "passwdcmd", "passphrasecommand", "tokencommand", "tokencmd", "secretcommand",
    ]
    /// Directives that pass requests on: `proxy_pass`.
    private static let passesRequests: Set<String> = [
        "proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached", "fsck", "one", "multi",
    ]
    /// A last word that makes the value say something about a secret, or where it is, but not the secret.
    private static let describesSecret: Set<String> = [
        "age", "alg", "algo", "cmd", "command", "eval", "algorithm", "algorithms", "attempts",
        "authentication", "bits", "complexity",
        "count",
        "days", "dir", "encryption", "hashing", "history", "directory", "disabled", "domain", "driver",
        "enable", "enabled", "endpoint",
        "exchange",
        "expiration", "expires", "expiry", "file", "files", "flags", "folder", "format", "header", "helper",
        "host",
        "interval", "issuer", "length", "len", "lifetime", "limit", "location", "management", "max", "method",
        "methods", "mgmt", "min", "mode", "name", "names", "path", "policy", "port", "prompt", "provider",
        "realm",
        "required", "rotation", "server", "service", "size", "source", "stdin", "store", "timeout", "tries",
        "ttl", "minutes", "seconds", "hours", "live", "reqd", "maps", "map", "hint", "kind", "kinds",
        "warning", "samesite",
        "httponly", "scheme", "schemes", "mechanism", "mechanisms", "dialog", "usage", "limits", "identifier",
        "filter",
        "title", "label", "labels", "message", "messages", "regex", "pattern", "changed", "status",
        "strength", "index",
        "class", "field", "form", "icon", "template", "environment", "hashes", "prefix", "suffix", "alphabet",
        "encoding",
        "description", "digits", "table", "tables",
        "type",
        "types", "uri", "url", "user", "username", "version", "devices", "tmp", "network", "mounts", "ipc",
        "pids",
    ]
    private static let secretFiles: Set<String> = [
        "shadow", "shadow-", "gshadow", "gshadow-", ".pgpass", ".htpasswd", "htpasswd", ".netrc",
        "privkey.pem",
        "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ed25519_sk", "id_ecdsa_sk", "chap-secrets",
        "pap-secrets", ".smbcredentials", "opasswd", "passwd.client", "sasl_passwd", "smbpasswd", "ntp.keys",
        "chrony.keys", "userlist.txt", "hostapd.wpa_psk", "authkeys", "passwd-s3fs", ".passwd-s3fs",
        ".erlang.cookie", "pam_radius_auth.conf", "psk.txt", "known_tokens.csv", "hostapd.eap_user",
        "secrets.yaml", "secrets.yml", "secrets.json", "secrets.toml", "credentials.json", "credentials.yml",
        "passwords.yaml", "passwords.yml",
    ]
    private static let signInFiles: Set<String> = [
        "auth", "auth.conf", "auth.txt", "creds.txt", "login", "login.conf", "login.txt", "up.txt",
        "user-pass",
        "user-pass.txt", "userpass", "userpass.txt",
    ]
    private static let secretEndings: Set<String> = [
        "secrets", "secret", "pw", "pass", "htpasswd", "key", "kdbx", "keytab", "p12", "pfx", "jks", "ppk",
    ]
    private static let plainFiles: Set<String> = ["passwd", "passwd-", "common-password"]
}
