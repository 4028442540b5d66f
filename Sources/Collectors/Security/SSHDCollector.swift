import Basics

/// The SSH server: every setting in force, fingerprints of its host keys, and its files with the host keys.
///
/// Known to work with OpenSSH 7.4 to 10. Where `sshd -T` refuses because the server has never run, `sshd -G` of OpenSSH
/// 9.3 and later is asked. Settings inside `Match` blocks are in the files only.
/// - SeeAlso: sshd(8), sshd_config(5), ssh-keygen(1)
package enum SSHDCollector: Collector {
    package static let name = "sshd"
    package static let summary =
        "SSH server: settings in force, host key fingerprints, configuration files, host keys."

    package static let probes = [
        Probe(
            "settings", tool: "sshd", rootCommand: "/usr/sbin/sshd -T", isRequired: true,
            script: """
                out=$(hf_root sshd -T) && { printf '%s\\n' "$out"; exit 0; }
                status=$?
                [ "$status" != 77 ] || exit "$status"
                hf_root sshd -G 2>/dev/null || exit "$status"
                """),
        Probe(
            "host-keys", tool: "ssh-keygen",
            script: """
                set -- /etc/ssh/ssh_host_*_key.pub
                [ -f "$1" ] || exit 0
                cat -- "$@" | ssh-keygen -l -f -
                """),
    ]

    /// Half a megabyte of public numbers; ‘local-configuration’ reads it where it is not as its package brought it.
    package static let moduli = "/etc/ssh/moduli"

    package static let files = FileSet(
        [
            "/etc/ssh", "/etc/default/ssh", "/etc/pam.d/sshd", "/etc/dropbear", "/etc/default/dropbear",
            "/etc/crypto-policies/back-ends/opensshserver.config",
        ], excludes: [moduli])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var settings: [String: [JSONValue]] = [:]
        for line in captures.lines("settings") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let key = parts.first else { continue }
            settings[String(key), default: []].append(.string(parts.count > 1 ? String(parts[1]) : ""))
        }
        var items = settings.map { key, values in
            InventoryItem("setting", key, ["values": .array(values)])
        }
        items += hostKeys(captures.lines("host-keys"))
        return Inventory(items)
    }

    /// Reads lines such as `256 SHA256:… root@host (ED25519)`.
    private static func hostKeys(_ lines: [String]) -> [InventoryItem] {
        var items: [String: InventoryItem] = [:]
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, let bits = Int64(words[0]), let last = words.last, last.hasPrefix("(")
            else { continue }
            let comment = words[2..<words.count - 1].joined(separator: " ")
            let fields: [String: JSONValue] = [
                "bits": .int(bits), "fingerprint": .string(words[1]), "comment": .string(comment),
            ]
            let type = String(last.dropFirst().prefix { $0 != ")" }).lowercased()
            items[type] = InventoryItem("host-key", type, fields)
        }
        return Array(items.values)
    }
}
