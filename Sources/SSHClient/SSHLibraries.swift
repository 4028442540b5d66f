import CLibSSH

/// The C library behind this module.
package enum SSHLibraries {
    /// Its name, and the version that is loaded.
    package static var versions: [(name: String, version: String)] {
        let text = unsafe ssh_version(0).map { unsafe String(cString: $0) } ?? "unknown"
        // `0.10.6/openssl/zlib`
        return [("libssh", String(text.prefix { $0 != "/" }))]
    }
}
