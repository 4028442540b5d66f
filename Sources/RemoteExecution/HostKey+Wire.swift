import Basics

extension HostKey {
    /// Reads a public key from its wire form in Base64, as in a `known_hosts` line or a `.pub` file.
    ///
    /// Nil when it is no Base64 or does not begin with the name of a key type.
    package init?(base64: some StringProtocol) {
        guard let blob = Base64.bytes(base64) else { return nil }
        self.init(blob: blob)
    }

    /// Reads a public key from its wire form; nil when it does not begin with the name of a key type.
    package init?(blob: [UInt8]) {
        guard blob.count > 4 else { return nil }
        let length = blob.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard (1...64).contains(length), blob.count > 4 + length,
            let name = String(validating: blob[4..<4 + length], as: UTF8.self)
        else { return nil }
        self.init(
            algorithm: name, key: Base64.string(blob),
            fingerprint: "SHA256:" + Base64.string(SSHDigest.sha256(blob), pads: false))
    }
}
