import CLibSSH
import RemoteExecution

/// The algorithms offered, best first; nothing that needs SHA-1.
enum SSHAlgorithms {
    /// Key exchange methods.
    static let keyExchange = [
        "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha256", "diffie-hellman-group-exchange-sha256",
    ]
    /// Ciphers, for both directions.
    static let ciphers = [
        "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr",
        "aes192-ctr", "aes256-ctr",
    ]
    /// Integrity algorithms, for ciphers that need one.
    static let macs = [
        "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512",
    ]
    /// Signature algorithms of host keys.
    static let hostKeys = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
        "rsa-sha2-256",
    ]
    /// Signature algorithms of logins.
    static let userKeys =
        hostKeys + [
            "ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
            "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
            "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com",
        ]

    /// Whether keys of type `algorithm` can be offered for a login.
    static func isUsable(_ algorithm: String) -> Bool {
        userKeys.contains(algorithm) || algorithm == "ssh-rsa" || algorithm == "ssh-rsa-cert-v01@openssh.com"
    }

    /// What to ask of a machine whose host key must be one of `keys`.
    static func hostKeys(for keys: [HostKey]) -> [String] {
        var names: [String] = []
        for key in keys {
            for name in key.algorithm == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [key.algorithm]
            where hostKeys.contains(name) && !names.contains(name) {
                names.append(name)
            }
        }
        return names
    }

    /// Offers them in `session`.
    static func apply(to session: SessionHandle, hostKeys: [String], compresses: Bool) throws(ShellError) {
        // The script of a run then fits into what a new connection may send at once: one or two round trips less. That
        // needs no thoroughness, and costs a compressor of 256 KiB of memory, hence not on local wires.
        try session.set(SSH_OPTIONS_COMPRESSION_LEVEL, 3)
        let compression = compresses ? ["zlib@openssh.com", "none"] : ["none"]
        let lists: [(ssh_options_e, [String])] = [
            (SSH_OPTIONS_KEY_EXCHANGE, keyExchange), (SSH_OPTIONS_HOSTKEYS, hostKeys),
            (SSH_OPTIONS_CIPHERS_C_S, ciphers), (SSH_OPTIONS_CIPHERS_S_C, ciphers),
            (SSH_OPTIONS_HMAC_C_S, macs),
            (SSH_OPTIONS_HMAC_S_C, macs), (SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, userKeys),
            (SSH_OPTIONS_COMPRESSION_C_S, compression), (SSH_OPTIONS_COMPRESSION_S_C, compression),
        ]
        for (option, names) in lists { try session.set(option, names.joined(separator: ",")) }
    }
}
