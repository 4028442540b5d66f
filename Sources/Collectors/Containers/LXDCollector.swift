import Basics

/// Instances, profiles, networks, storage pools and projects of LXD.
///
/// Known to work with LXD 5.0 to 6. Not kept, because they change by themselves: `last_used_at`, `state` with its
/// counters and addresses, `volatile.*` other than MAC addresses and the base image, `used_by`.
/// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/rest-api/
package enum LXDCollector: Collector {
    package static let name = "lxd"
    package static let summary =
        "LXD: instances with their devices, profiles, networks, storage pools, projects."

    package static let probes = InstanceDaemon.probes(
        client: "lxc", sockets: ["/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket"],
        folderVariable: "LXD_CONF")

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        try InstanceDaemon.inventory(captures)
    }
}
