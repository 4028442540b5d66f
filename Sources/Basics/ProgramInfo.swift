/// What this program calls itself.
package enum ProgramInfo {
    /// The version, as in the changelog.
    package static let version = "0.1.0"

    /// The oldest language version it was built for.
    package static var swift: String {
        #if swift(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
