import CLoaded

/// The C library behind this module.
package enum YAMLLibrary {
    /// Why it cannot be loaded; nil where it can.
    package static var lack: String? { unsafe holdfast_lack_of_yaml().map { unsafe String(cString: $0) } }
}
