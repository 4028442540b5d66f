import COpenSSL
import HTTP

/// A certificate with its key, ready for connections.
@safe struct TLSContext: ~Copyable {
    private let context: OpaquePointer

    /// Reads the files; blocks.
    init(_ certificate: HTTPServerSettings.Certificate) throws(HTTPServerError) {
        if let lack = TransportLibraries.lackOfTLS {
            throw HTTPServerError("OpenSSL cannot be loaded: \(lack)")
        }
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw HTTPServerError("OpenSSL cannot be used: \(Self.reason())")
        }
        do throws(HTTPServerError) { unsafe try Self.load(certificate, into: context) } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe self.context = context
    }

    private static func load(
        _ certificate: HTTPServerSettings.Certificate, into context: OpaquePointer
    ) throws(HTTPServerError) {
        guard unsafe holdfast_SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 else {
            throw HTTPServerError("TLS 1.2 cannot be had: \(reason())")
        }
        unsafe SSL_CTX_set_options(context, holdfast_SSL_OPTIONS)
        // A server has nobody whom it could ask for a password.
        unsafe SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in 0 }
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate.chainPath) == 1 else {
            throw HTTPServerError(
                "The certificate \(certificate.chainPath) cannot be used: \(reason())",
                hint:
                    "It must be a file in PEM: the server's certificate first, then those that lead to its authority."
            )
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, certificate.keyPath, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            throw HTTPServerError(
                "The key \(certificate.keyPath) cannot be used: \(reason())",
                hint: "It must be the private key of the certificate, in PEM, without a password.")
        }
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// What one connection needs; whoever gets it frees it.
    ///
    /// Nil when there is no memory.
    func connection() -> OpaquePointer? { unsafe SSL_new(context) }

    /// The library's words for what failed last, and forgets them.
    private static func reason() -> String {
        let (first, code) = (ERR_peek_error(), ERR_peek_last_error())
        ERR_clear_error()
        // A failed system call comes first, with its number below this bit.
        let systemFlag: UInt = 1 << 31
        if first & systemFlag != 0 {
            return unsafe String(cString: strerror(Int32(truncatingIfNeeded: first & ~systemFlag)))
        }
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else { return "unknown reason" }
        return unsafe String(cString: text)
    }
}
