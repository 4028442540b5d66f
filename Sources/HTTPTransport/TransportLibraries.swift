import CEvent
import CLoaded
import COpenSSL

/// The C libraries behind this module; libcurl is loaded when it is first needed.
package enum TransportLibraries {
    /// Their names, and the versions that are loaded.
    package static var versions: [(name: String, version: String)] {
        [
            ("libevent", lackOfEvents == nil ? libevent : "missing"),
            ("openssl", lackOfTLS == nil ? openSSL : "missing"),
        ]
    }

    private static var libevent: String { unsafe String(cString: event_get_version()) }

    /// Why libevent cannot be loaded; nil where it can.
    package static var lackOfEvents: String? {
        unsafe holdfast_lack_of_events().map { unsafe String(cString: $0) }
    }

    private static var openSSL: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)) }

    /// Why OpenSSL cannot be loaded; nil where it can.
    package static var lackOfTLS: String? { unsafe holdfast_lack_of_tls().map { unsafe String(cString: $0) } }
}
