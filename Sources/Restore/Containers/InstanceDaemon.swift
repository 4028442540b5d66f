/// The two managers of machines and system containers, which share their commands.
package enum InstanceDaemon: String, Sendable, CaseIterable {
    /// The raw value is the section of a backup that tells of it.
    case incus
    case lxd

    /// The program that it is managed with.
    package var client: String { self == .lxd ? "lxc" : "incus" }

    /// Where a backup has the export of an instance.
    package func export(of name: String) -> String { "/\(client)-export/\(name).tar.gz" }
}
