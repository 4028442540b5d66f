package import Basics

/// A machine Holdfast may reach.
package struct Device: Sendable, Equatable, Codable {
    /// How a device is reached.
    package enum Connection: Sendable, Equatable, Codable {
        /// This very machine, without SSH.
        case local
        /// Over SSH, to a pinned host key.
        case ssh(SSHTarget)
    }

    package var name: DeviceName
    package var connection: Connection
    /// The host key a person accepted; nil for `local` only.
    package var hostKey: HostKey?
    /// Free words to select devices by, sorted.
    package var tags: [String]
    /// Own path sets: absolute paths backed up besides what the collectors know.
    package var paths: [String]
    /// Globs left out of the own path sets.
    package var excludes: [String]
    /// When the device was registered.
    package var added: Timestamp
    /// How many people must approve a plan for it; nil for one.
    package var approvals: Int?

    package init(
        name: DeviceName, connection: Connection, hostKey: HostKey? = nil, tags: [String] = [],
        paths: [String] = [],
        excludes: [String] = [], added: Timestamp, approvals: Int? = nil
    ) {
        self.name = name
        self.connection = connection
        self.hostKey = hostKey
        self.tags = tags
        self.paths = paths
        self.excludes = excludes
        self.added = added
        self.approvals = approvals
    }

    /// The machine Holdfast itself runs on.
    package static func local(added: Timestamp) -> Device {
        Device(name: .local, connection: .local, added: added)
    }
}
