import CLoaded

/// The C library behind this module.
package enum JOSELibrary {
    /// Why OpenSSL cannot be loaded, without which no signature can be checked; nil where it can.
    package static var lack: String? { unsafe holdfast_lack_of_crypto().map { unsafe String(cString: $0) } }
}
