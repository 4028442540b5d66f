import CLibSSH
import CLoaded

/// The C library behind this module.
package enum SSHLibraries {
    /// Its name, and the version that is loaded.
    package static var versions: [(name: String, version: String)] {
        guard lack == nil else { return [("libssh", "missing")] }
        let text = unsafe ssh_version(0).map { unsafe String(cString: $0) } ?? "unknown"
        // `0.10.6/openssl/zlib`
        return [("libssh", String(text.prefix { $0 != "/" }))]
    }

    /// Why it cannot be loaded; nil where it can.
    package static var lack: String? { unsafe holdfast_lack_of_ssh().map { unsafe String(cString: $0) } }
}
