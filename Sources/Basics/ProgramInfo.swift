/// What this program calls itself.
package enum ProgramInfo {
    /// The version, as in the changelog.
    package static let version = "0.1.0"
}
