import Basics

/// Volumes made of several disks: LVM and Linux software RAID.
///
/// Needs LVM 2.02.158 for its JSON reports and any mdadm; both need root. What fills up, synchronises or
/// fails is left out. The text backups that LVM keeps of its own metadata are stored as files: `vgcfgrestore`
/// reads them.
/// - SeeAlso: lvs(8), pvs(8), vgcfgrestore(8), mdadm.conf(5)
package enum VolumesCollector: Collector {
    package static let name = "volumes"
    package static let summary =
        "LVM volumes and the disks they lie on, software RAID arrays, and their metadata."
    package static let files = FileSet([
        "/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf", "/etc/lvm/profile", "/etc/lvm/backup",
        "/etc/lvm/devices",
        "/etc/mdadm", "/etc/mdadm.conf", "/etc/vdo.conf", "/etc/stratis",
    ])

    package static let probes = [
        Probe(
            "lvm-volumes", tool: "lvs",
            rootCommand: "/usr/sbin/lvs --reportformat json --units b --nosuffix "
                + "-o vg_name\\,lv_name\\,lv_size\\,segtype\\,stripes\\,pool_lv\\,origin\\,lv_tags",
            script: #"""
                hf_root lvs --reportformat json --units b --nosuffix -o vg_name,lv_name,lv_size,segtype,stripes,pool_lv,origin,lv_tags

                """#),
        Probe(
            "lvm-devices", tool: "pvs",
            rootCommand:
                "/usr/sbin/pvs --reportformat json --units b --nosuffix -o pv_name\\,pv_uuid\\,vg_name\\,pv_size",
            script: #"""
                hf_root pvs --reportformat json --units b --nosuffix -o pv_name,pv_uuid,vg_name,pv_size

                """#),
        Probe(
            "arrays", tool: "mdadm", rootCommand: "/sbin/mdadm --detail --scan --verbose",
            script: "hf_root mdadm --detail --scan --verbose\n"),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let volumes = rows(try captures.json("lvm-volumes"), "lv").compactMap { row -> InventoryItem? in
            guard let group = row["vg_name"]?.string, let name = row["lv_name"]?.string else { return nil }
            return InventoryItem(
                "volume", "\(group)/\(name)",
                present: [
                    "bytes": row["lv_size"]?.string.map { .number($0) }, "layout": row["segtype"],
                    "stripes": row["stripes"]?.string.map { .number($0) }, "pool": row["pool_lv"],
                    "origin": row["origin"], "tags": row["lv_tags"],
                ])
        }
        let devices = rows(try captures.json("lvm-devices"), "pv").compactMap { row -> InventoryItem? in
            guard let name = row["pv_name"]?.string else { return nil }
            return InventoryItem(
                "physical-volume", name,
                present: [
                    "group": row["vg_name"], "uuid": row["pv_uuid"],
                    "bytes": row["pv_size"]?.string.map { .number($0) },
                ])
        }
        return Inventory(unique: volumes + devices + arrays(captures.lines("arrays")))
    }

    private static func rows(_ report: JSONValue?, _ kind: String) -> [JSONValue] {
        (report?["report"]?.array ?? []).flatMap { $0[kind]?.array ?? [] }
    }

    /// `ARRAY /dev/md0 level=raid1 num-devices=2 metadata=1.2 name=nas:0 UUID=…`, then `
    /// devices=/dev/sda1,/dev/sdb1`.
    private static func arrays(_ lines: [String]) -> [InventoryItem] {
        var arrays: [(name: String, fields: [String: JSONValue])] = []
        for line in lines {
            var words = line.words()
            if words.first == "ARRAY", words.count > 1 {
                arrays.append((words[1], [:]))
                words.removeFirst(2)
            }
            guard !arrays.isEmpty else { continue }
            for word in words {
                guard let (key, value) = word.divided(at: "="), let field = arrayFields[key] else { continue }
                let isList = field == "devices"
                arrays[arrays.count - 1].fields[field] =
                    isList
                    ? .texts(value.columns(",").sorted())
                    : field == "deviceCount" ? .number(value) : .string(value)
            }
        }
        return arrays.map { InventoryItem("array", $0.name, $0.fields) }
    }

    private static let arrayFields = [
        "level": "level", "num-devices": "deviceCount", "metadata": "metadata", "name": "label",
        "UUID": "uuid",
        "devices": "devices",
    ]
}
