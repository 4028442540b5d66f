import Basics

/// fail2ban: version, jails in force, and its files.
///
/// Known to work with fail2ban 0.10 to 1.1. Banned addresses are not kept: they come and go.
package enum Fail2banCollector: Collector {
    package static let name = "fail2ban"
    package static let summary = "fail2ban: version, jails in force, configuration files."

    package static let probes = [
        Probe("version", tool: "fail2ban-client", isRequired: true, script: "fail2ban-client --version"),
        Probe(
            "jails", tool: "fail2ban-client", accepted: [0, notRunning],
            rootCommand: "/usr/bin/fail2ban-client status", script: "hf_root fail2ban-client status"),
    ]

    package static let files = FileSet(["/etc/fail2ban", "/etc/default/fail2ban"])

    /// Exit status of the client when no server answers.
    private static let notRunning: Int32 = 255

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items = SiteListing.program("fail2ban", captures.lines("version"))
        for line in captures.lines("jails") {
            guard let start = line.firstRange(of: "Jail list:") else { continue }
            let names = line[start.upperBound...].split { ", \t".contains($0) }
            items += names.map { InventoryItem("jail", String($0), [:]) }
        }
        let isDown = captures.byProbe["jails"]?.outcome == .exited(notRunning)
        return Inventory(
            items, remarks: isDown ? ["fail2ban is not running; its jails are in the files only."] : [])
    }
}
