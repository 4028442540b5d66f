import Basics
import RemoteExecution

/// Which keys open which accounts: `authorized_keys` of every user, with fingerprints.
///
/// Homes come from `/etc/passwd` on the device and travel as quoted arguments of one `grep`; a home that
/// belongs to several users is named once, with all of them. The folders that `AuthorizedKeysFile` usually
/// names beside the homes are read as well.
/// - SeeAlso: sshd(8), AUTHORIZED_KEYS FILE FORMAT; RFC 4253, section 6.6
package enum SSHKeysCollector: Collector {
    package static let name = "ssh-keys"
    package static let summary = "Public keys that may log in, with fingerprints, for every account."

    package static let files = FileSet(
        ["/etc/ssh/authorized_keys", "/etc/ssh/authorized_keys.d"],
        discovery: #"""
            unset IFS
            while IFS=: read -r n p u g c h s || [ -n "$n" ]; do
            case $h in /?*) ;; *) continue ;; esac
            if [ -d "$h" ] && [ ! -x "$h" ]; then printf '%s\n' "$h"; continue; fi
            if [ -d "$h/.ssh" ] && [ ! -x "$h/.ssh" ]; then printf '%s\n' "$h/.ssh"; continue; fi
            for f in authorized_keys authorized_keys2 config rc environment; do
            if [ -e "$h/.ssh/$f" ]; then printf '%s\n' "$h/.ssh/$f"; fi
            done
            done </etc/passwd
            """#)

    package static let probes = [
        // A file that is missing makes 2. The last operand is never empty, so that 1 can only be sudo's refusal.
        Probe(
            "keys", accepted: [0, 2], rootCommand: "/usr/bin/grep -aHs . -- *", isRequired: true,
            script: #"""
                set --
                while IFS=: read -r n p u g c h s || [ -n "$n" ]; do
                case $h in
                /?*) printf '=%s:%s\n' "$n" "$h"; set -- "$@" "$h/.ssh/authorized_keys" "$h/.ssh/authorized_keys2" ;;
                esac
                done </etc/passwd
                for f in /etc/ssh/authorized_keys/* /etc/ssh/authorized_keys.d/*; do
                if [ -f "$f" ]; then set -- "$@" "$f"; fi
                done
                o=-Hs
                if grep -aq . /proc/version 2>/dev/null; then o=-aHs; fi
                hf_root grep "$o" . -- "$@" /proc/version

                """#)
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var owners: [String: Set<String>] = [:]
        var files: [String: [AuthorizedKey]] = [:]
        var strange: [String: Int] = [:]
        for line in captures.lines("keys") {
            if let entry = line.after("=") {
                guard let (user, home) = entry.divided(at: ":") else { continue }
                owners[home, default: []].insert(user)
                continue
            }
            guard let (path, text) = line.divided(at: ":"), path.hasPrefix("/"), path != "/proc/version"
            else { continue }
            let entry = text.trimmed
            if entry.isEmpty || entry.hasPrefix("#") { continue }
            guard let key = AuthorizedKey(entry) else {
                strange[path, default: 0] += 1
                continue
            }
            // A shared home is read once for each of its users.
            if files[path, default: []].contains(key) { continue }
            files[path, default: []].append(key)
        }
        let items = files.map { path, keys in
            let users = path.homeOfKeys.flatMap { owners[$0] } ?? path.ownerOfCentralKeys.map { [$0] } ?? []
            return InventoryItem(
                "authorized-keys", path,
                ["users": .texts(users.sorted()), "keys": .array(keys.map(\.json))])
        }
        let remarks = strange.sorted { $0.key < $1.key }.map { "\($0.key) holds lines that are no keys." }
        return Inventory(items, remarks: remarks)
    }
}

/// One line of an `authorized_keys` file.
private struct AuthorizedKey: Equatable {
    let type: String
    let fingerprint: String
    let comment: String
    let options: String

    /// Nil when the line holds no key: the type, a blank, and a blob that begins with the same type.
    init?(_ line: String) {
        let (options, rest) =
            Self.isType(line.words(limit: 2).first ?? "") ? ("", line) : Self.options(of: line)
        let words = rest.words(limit: 3)
        guard words.count >= 2, Self.isType(words[0]), let key = HostKey(base64: words[1]),
            key.algorithm == words[0]
        else { return nil }
        type = words[0]
        fingerprint = key.fingerprint
        comment = words.count > 2 ? words[2] : ""
        self.options = options
    }

    var json: JSONValue {
        let fields: [String: JSONValue?] = [
            "type": .string(type), "fingerprint": .string(fingerprint), "comment": .string(comment),
            "options": .guarded(options),
        ]
        return .object(fields.compactMapValues { $0 == "" ? nil : $0 })
    }

    private static func isType(_ word: String) -> Bool {
        ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].contains { word.hasPrefix($0) }
    }

    /// The options at the start of a line end at the first blank outside of double quotes.
    private static func options(of line: String) -> (String, String) {
        var isQuoted = false
        var isEscaped = false
        for (index, scalar) in zip(line.unicodeScalars.indices, line.unicodeScalars) {
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = scalar == "\\" && !isEscaped
            if !isQuoted, scalar == " " || scalar == "\t" {
                return (String(line.unicodeScalars[..<index]), String(line.unicodeScalars[index...]))
            }
        }
        return (line, "")
    }
}

extension String {
    /// The user in `/etc/ssh/authorized_keys/USER`, as `AuthorizedKeysFile …/%u` means it; nil for another
    /// path.
    fileprivate var ownerOfCentralKeys: String? {
        let name = after("/etc/ssh/authorized_keys/") ?? after("/etc/ssh/authorized_keys.d/")
        return name.flatMap { $0.contains("/") ? nil : $0 }
    }

    /// The home in `HOME/.ssh/authorized_keys`; nil for a path of another form.
    fileprivate var homeOfKeys: String? {
        let parts = columns("/")
        guard parts.count > 2, parts[parts.count - 2] == ".ssh" else { return nil }
        return parts.dropLast(2).joined(separator: "/")
    }
}
