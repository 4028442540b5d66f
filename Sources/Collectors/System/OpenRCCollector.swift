import Basics

/// Services of OpenRC and the runlevels they start in.
///
/// Known from Alpine, Gentoo and Devuan; needs OpenRC 0.12 or newer.
/// - SeeAlso: rc-update(8)
package enum OpenRCCollector: Collector {
    package static let name = "openrc"
    package static let summary = "Services of OpenRC with their runlevels, and their configuration."
    package static let files = FileSet([
        "/etc/rc.conf", "/etc/rc.conf.d", "/etc/conf.d", "/etc/runlevels", "/etc/local.d", "/etc/inittab",
    ])

    package static let probes = [
        Probe("services", tool: "rc-update", isRequired: true, script: "exec rc-update show --all\n")
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let items = captures.lines("services").compactMap { line -> InventoryItem? in
            guard let (name, runlevels) = line.divided(at: "|"), !name.trimmed.isEmpty else { return nil }
            return InventoryItem("service", name.trimmed, ["runlevels": .texts(runlevels.words().sorted())])
        }
        return Inventory(unique: items)
    }
}
