import Basics
import CLibSSH
import RemoteExecution

/// A private key ready to sign, with its certificate if there is one.
///
/// `@unchecked Sendable` holds because nothing changes the key after `init` and signing only reads it.
@safe final class PrivateKey: @unchecked Sendable {
    /// The library's key, valid while this object lives.
    let pointer: ssh_key
    /// Its public half.
    let publicKey: HostKey
    /// Whether a certificate is presented instead of the bare public key.
    let hasCertificate: Bool

    /// Reads a key file's `text`.
    ///
    /// May take a tenth of a second of processor time when a passphrase protects it. Nil when it cannot be read or
    /// the passphrase is wrong. `certificate` is the line of the certificate file; one that is no certificate or
    /// does not belong to the key is not used.
    init?(text: String, passphrase: String?, certificate: String?) {
        var key: ssh_key?
        // Never nil as passphrase: the crypto library would ask on the terminal.
        let result = unsafe ssh_pki_import_privkey_base64(text, passphrase ?? "", nil, nil, &key)
        guard result == SSH_OK, let key = unsafe key else { return nil }
        guard let publicKey = unsafe Self.publicKey(of: key) else {
            unsafe ssh_key_free(key)
            return nil
        }
        unsafe pointer = key
        self.publicKey = publicKey
        hasCertificate = certificate.map { unsafe Self.add($0, to: key) } ?? false
    }

    deinit { unsafe ssh_key_free(pointer) }

    private static func publicKey(of key: ssh_key) -> HostKey? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe HostKey(base64: String(cString: text))
    }

    private static func add(_ certificate: String, to key: ssh_key) -> Bool {
        let words = certificate.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2 else { return false }
        let type = unsafe ssh_key_type_from_name(String(words[0]))
        var loaded: ssh_key?
        guard unsafe ssh_pki_import_cert_base64(String(words[1]), type, &loaded) == SSH_OK,
            let loaded = unsafe loaded
        else { return false }
        defer { unsafe ssh_key_free(loaded) }
        return unsafe ssh_pki_copy_cert_to_privkey(loaded, key) == SSH_OK
    }
}

extension SessionHandle {
    /// Logs in with a signature of `key`, without asking first whether it would be accepted; call again after
    /// `SSH_AUTH_AGAIN`.
    func authenticate(with key: PrivateKey) -> CInt {
        unsafe ssh_userauth_publickey(pointer, nil, key.pointer)
    }
}
