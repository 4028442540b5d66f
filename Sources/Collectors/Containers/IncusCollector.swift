import Basics

/// Instances, profiles, networks, storage pools and projects of Incus.
///
/// Known to work with Incus 6, whose interface is LXD's; see `LXDCollector` for what is not kept.
/// - SeeAlso: https://linuxcontainers.org/incus/docs/main/rest-api/
package enum IncusCollector: Collector {
    package static let name = "incus"
    package static let summary =
        "Incus: instances with their devices, profiles, networks, storage pools, projects."

    package static let probes = InstanceDaemon.probes(
        client: "incus", sockets: ["/var/lib/incus/unix.socket"], folderVariable: "INCUS_CONF")

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        try InstanceDaemon.inventory(captures)
    }
}
