import Basics

/// Time zone, clock, language and keyboard.
///
/// Reads the files that `timedatectl` and `localectl` write, so that it works without systemd. Of
/// `/etc/adjtime` only the last line counts; the others drift.
/// - SeeAlso: localtime(5), locale.conf(5), vconsole.conf(5), keyboard(5), hwclock(8)
package enum TimeLocaleCollector: Collector {
    package static let name = "time-locale"
    package static let summary = "Time zone, clock, time servers, language and keyboard."
    package static let files = FileSet([
        "/etc/timezone", "/etc/localtime", "/etc/default/locale", "/etc/locale.conf", "/etc/locale.gen",
        "/etc/default/keyboard", "/etc/default/console-setup", "/etc/vconsole.conf", "/etc/X11/xorg.conf.d",
        "/etc/chrony.conf", "/etc/chrony", "/etc/ntp.conf", "/etc/ntpsec", "/etc/openntpd",
        "/etc/default/ntpsec",
        "/etc/systemd/timesyncd.conf", "/etc/systemd/timesyncd.conf.d",
    ])

    package static let probes = [
        Probe(
            "settings", isRequired: true,
            script: #"""
                z=$(readlink /etc/localtime) && printf 'localtime=%s\n' "$z"
                if [ -r /etc/timezone ] && IFS= read -r z </etc/timezone; then printf 'timezone=%s\n' "$z"; fi
                if [ -r /etc/adjtime ]; then
                z=; while IFS= read -r l || [ -n "$l" ]; do z=$l; done </etc/adjtime
                printf 'clock=%s\n' "$z"
                fi
                grep -hsE '^[A-Z_]+=' /etc/default/locale /etc/locale.conf /etc/default/keyboard /etc/vconsole.conf
                exit 0

                """#)
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items: [InventoryItem] = []
        var zone: String?
        for line in captures.lines("settings") {
            guard let (key, value) = line.divided(at: "=").map({ ($0, $1.trimmed.unquoted) }) else {
                continue
            }
            switch key {
            case "localtime": zone = value.divided(atLast: "zoneinfo/") ?? zone
            case "timezone": zone = zone ?? value
            case "clock":
                guard value == "UTC" || value == "LOCAL" else { continue }
                items.append(InventoryItem("setting", "hardware-clock", ["value": .string(value)]))
            default: items.append(InventoryItem("setting", key, ["value": .string(value)]))
            }
        }
        if let zone { items.append(InventoryItem("setting", "time-zone", ["value": .string(zone)])) }
        return Inventory(unique: items)
    }
}

extension String {
    /// What follows the last `mark`; nil when there is none.
    fileprivate func divided(atLast mark: String) -> String? {
        let parts = split(separator: mark, omittingEmptySubsequences: false)
        return parts.count > 1 ? parts.last.map { String($0) } : nil
    }
}
