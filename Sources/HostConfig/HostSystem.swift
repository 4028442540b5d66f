/// The systems that hosts run on.
package enum HostSystem: String, Sendable, CaseIterable {
    case linux
    case mac
    case windows

    /// The one that this program was built for.
    package static var current: HostSystem {
        #if os(macOS)
            .mac
        #elseif os(Windows)
            .windows
        #else
            .linux
        #endif
    }
}
