import CEvent
import COpenSSL

/// The C libraries behind this module; libcurl is loaded when it is first needed.
package enum TransportLibraries {
    /// Their names, and the versions that are loaded.
    package static var versions: [(name: String, version: String)] {
        [
            ("libevent", unsafe String(cString: event_get_version())),
            ("openssl", unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))),
        ]
    }
}
