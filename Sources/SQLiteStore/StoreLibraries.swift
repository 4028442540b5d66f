import CSQLite

/// The C library behind this module.
package enum StoreLibraries {
    /// Its name, and the version that is loaded.
    package static var versions: [(name: String, version: String)] {
        [("sqlite3", unsafe String(cString: sqlite3_libversion()))]
    }
}
