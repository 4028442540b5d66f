import Basics

/// Automatic updates: the settings of apt that rule them, and the files of apt's and dnf's tools.
///
/// Known to work with apt 1.8 to 3. Source of each item: `apt-config dump`, groups `APT::Periodic` and
/// `Unattended-Upgrade`.
/// - SeeAlso: apt-config(8)
package enum UnattendedUpgradesCollector: Collector {
    package static let name = "unattended-upgrades"
    package static let summary = "Automatic updates: apt's settings for them, configuration files."

    package static let probes = [
        Probe(
            "settings", tool: "apt-config",
            script: "apt-config dump APT::Periodic Unattended-Upgrade")
    ]

    package static let files = FileSet([
        "/etc/apt/apt.conf.d/*auto-upgrades*", "/etc/apt/apt.conf.d/*unattended-upgrades*",
        "/etc/apt/apt.conf.d/*periodic*", "/etc/apt/listchanges.conf", "/etc/dnf/automatic.conf",
        "/etc/dnf/dnf5-plugins/automatic.conf", "/etc/yum/yum-cron.conf", "/etc/needrestart",
    ])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var settings: [String: [JSONValue]] = [:]
        for line in captures.lines("settings") {
            guard let space = line.firstIndex(of: " "), line.hasSuffix("\";") else { continue }
            var key = String(line[..<space])
            guard key.hasPrefix("APT::Periodic") || key.hasPrefix("Unattended-Upgrade") else { continue }
            let value = String(line[line.index(after: space)...].dropFirst().dropLast(2))
            let isElement = key.hasSuffix("::")
            if isElement { key.removeLast(2) }
            settings[key, default: []] += value.isEmpty ? [] : [.text(value, named: key)]
        }
        let items = settings.filter { !$0.value.isEmpty }.map { key, values in
            InventoryItem("setting", key, ["values": .array(values)])
        }
        return Inventory(items)
    }
}
