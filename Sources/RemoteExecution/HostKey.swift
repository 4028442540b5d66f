/// The public key by which a machine proves who it is.
package struct HostKey: Sendable, Hashable, Codable {
    /// The key's type as on the wire, for example `ssh-ed25519`.
    package let algorithm: String
    /// The public key in Base64, as in a `known_hosts` line.
    package let key: String
    /// `SHA256:` and the unpadded Base64 of the digest, as `ssh-keygen -l` prints it.
    package let fingerprint: String

    package init(algorithm: String, key: String, fingerprint: String) {
        self.algorithm = algorithm
        self.key = key
        self.fingerprint = fingerprint
    }
}
