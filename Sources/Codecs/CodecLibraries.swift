import CSodium
import CZstd

/// The C libraries behind this module.
package enum CodecLibraries {
    /// Their names, and the versions that are loaded.
    package static var versions: [(name: String, version: String)] {
        [
            ("libsodium", unsafe String(cString: sodium_version_string())),
            ("libzstd", unsafe String(cString: ZSTD_versionString())),
        ]
    }
}
