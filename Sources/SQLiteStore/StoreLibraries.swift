import CLoaded
import CSQLite

/// The C library behind this module.
package enum StoreLibraries {
    /// Its name, and the version that is loaded.
    package static var versions: [(name: String, version: String)] {
        [("sqlite3", lack == nil ? unsafe String(cString: sqlite3_libversion()) : "missing")]
    }

    /// Why it cannot be loaded; nil where it can.
    package static var lack: String? { unsafe holdfast_lack_of_sqlite().map { unsafe String(cString: $0) } }
}
