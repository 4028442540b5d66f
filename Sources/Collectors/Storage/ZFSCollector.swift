import Basics

/// ZFS pools with the disks they are made of, and datasets with the properties that were set on them.
///
/// Works with OpenZFS and with the dialect of zfs-fuse 0.7, which lacks some options. Usage, health, scrubs
/// and snapshots move by themselves and are left out; so are the datasets that Docker makes for its layers.
/// - SeeAlso: zpool-status(8), zpoolprops(7), zfs-get(8), zfsprops(7)
package enum ZFSCollector: Collector {
    package static let name = "zfs"
    package static let summary = "ZFS pools and their layout, datasets and the properties set on them."
    package static let files = FileSet([
        "/etc/zfs", "/etc/default/zfs", "/etc/sanoid", "/etc/zrepl", "/etc/modprobe.d/zfs.conf",
    ])

    // OpenZFS shows everybody; older ones only root. Each command is tried without root first.
    package static let probes = [
        Probe(
            "pools", tool: "zpool", timeLimit: 30, rootCommand: "/usr/sbin/zpool status", isRequired: true,
            script: "zpool status 2>/dev/null || hf_root zpool status\n"),
        Probe(
            "pool-properties", tool: "zpool", timeLimit: 30,
            rootCommand: "/usr/sbin/zpool list -H -o name, /usr/sbin/zpool get all *",
            script: #"""
                zpool get -Hp -o name,property,value,source all 2>/dev/null && exit
                pools=$(zpool list -H -o name 2>/dev/null || hf_root zpool list -H -o name) || exit
                [ -n "$pools" ] || exit 0
                set -f
                IFS='
                '
                set -- $pools
                zpool get all "$@" 2>/dev/null || hf_root zpool get all "$@"

                """#),
        Probe(
            "datasets", tool: "zfs", timeLimit: 60,
            rootCommand: "/usr/sbin/zfs list -H *, /usr/sbin/zfs get -Hp *",
            script: #"""
                r=
                zfs list -H -o name >/dev/null 2>&1 || r=hf_root
                t=filesystem,volume
                $r zfs list -H -t "$t" -o name,type,encryption 2>/dev/null || $r zfs list -H -t "$t" -o name,type || exit
                o='-Hp -s local,received -o name,property,value,source'
                $r zfs get $o -t "$t" all 2>/dev/null || $r zfs get $o all

                """#),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let pools = pools(captures.lines("pools"), properties: properties(captures.lines("pool-properties")))
        return Inventory(unique: pools + datasets(captures.lines("datasets")))
    }

    /// The `config:` tree of each pool, two spaces for each level below it.
    private static func pools(_ lines: [String], properties: [String: [String: JSONValue]]) -> [InventoryItem]
    {
        var layouts: [(name: String, lines: [String])] = []
        var isInTree = false
        for line in lines {
            if let name = line.trimmed.after("pool: ") {
                layouts.append((name, []))
                isInTree = false
            } else if line.trimmed.hasPrefix("NAME ") {
                isInTree = true
            } else if line.hasPrefix("errors:") {
                isInTree = false
            } else if isInTree, let entry = line.after("\t"), !layouts.isEmpty {
                let name = entry.prefix { $0 == " " } + entry.trimmed.upToDoubleSpace
                if name != layouts[layouts.count - 1].name {
                    layouts[layouts.count - 1].lines.append(String(name))
                }
            }
        }
        return layouts.map { name, lines in
            var fields: [String: JSONValue] = ["layout": .texts(lines)]
            fields["properties"] = properties[name].map { .object($0) }
            return InventoryItem("pool", name, fields)
        }
    }

    /// What was set on each pool, and its number; features turn active by themselves.
    private static func properties(_ lines: [String]) -> [String: [String: JSONValue]] {
        var properties: [String: [String: JSONValue]] = [:]
        for line in lines {
            let parts = line.contains("\t") ? line.columns("\t") : line.words()
            guard parts.count == 4, !parts[1].hasPrefix("feature@") else { continue }
            if parts[3] == "local" || parts[1] == "guid" {
                properties[parts[0], default: [:]][parts[1]] = .string(parts[2])
            }
        }
        return properties
    }

    /// Rows of two or three columns name datasets, rows of four give properties.
    private static func datasets(_ lines: [String]) -> [InventoryItem] {
        var datasets: [String: [String: JSONValue]] = [:]
        var properties: [String: [String: JSONValue]] = [:]
        for line in lines {
            let parts = line.columns("\t")
            guard let name = parts.first, !name.contains("@"), !isLayer(name) else { continue }
            if parts.count == 4, parts[3] == "local" || parts[3] == "received" {
                properties[name, default: [:]][parts[1]] = .guarded(parts[2], named: parts[1])
            } else if parts.count == 2 || parts.count == 3 {
                datasets[name] = ["type": .string(parts[1])]
                if parts.count == 3, parts[2] != "off", parts[2] != "-" {
                    datasets[name]?["encryption"] = .string(parts[2])
                }
            }
        }
        return datasets.map { name, fields in
            InventoryItem(
                "dataset", name,
                fields.merging(properties[name].map { ["properties": .object($0)] } ?? [:]) { $1 })
        }
    }

    /// Whether Docker made the dataset for one of its layers: 64 hexadecimal digits, maybe with `-init`.
    private static func isLayer(_ name: String) -> Bool {
        let last = name.columns("/").last?.columns("-").first ?? ""
        return last.utf8.count == 64 && last.utf8.allSatisfy { Hex.digit($0) != nil }
    }
}

extension String {
    /// The text before the first two spaces in a row, the least that parts columns.
    fileprivate var upToDoubleSpace: String {
        let parts = split(separator: "  ", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.first.map { String($0) } ?? self
    }
}
