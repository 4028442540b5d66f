import Basics

/// What a device is made of: processor, memory, board with its serial numbers, disks, PCI devices.
///
/// Works with any kernel since 2.6; disks come from `lsblk` (util-linux 2.27 or newer), or from `/sys/block`
/// where that is missing (BusyBox). Clock rates, temperatures and other values that move are left out.
/// - SeeAlso: lsblk(8), lspci(8), proc(5)
package enum HardwareCollector: Collector {
    package static let name = "hardware"
    package static let summary = "Processor, memory, board and serial numbers, disks and PCI devices."

    package static let probes = [
        Probe(
            "processor", accepted: [0, 1], isRequired: true,
            script: #"""
                exec grep -hsE '^(processor|model name|vendor_id|physical id|core id|Hardware|Revision|Model|MemTotal|CPU (implementer|part|architecture)|cpu model|system type)[[:space:]]*:' /proc/cpuinfo /proc/meminfo

                """#),
        Probe(
            "board", accepted: [0, 1, 2],
            script: #"""
                d=/sys/class/dmi/id
                [ -d "$d" ] && grep -Hs . "$d/sys_vendor" "$d/product_name" "$d/product_version" "$d/product_family" "$d/board_vendor" "$d/board_name" "$d/board_version" "$d/bios_vendor" "$d/bios_version" "$d/bios_date" "$d/chassis_type"
                for f in model serial-number; do
                [ -r "/proc/device-tree/$f" ] && printf '/proc/device-tree/%s:%s\n' "$f" "$(tr -d '\000\n' <"/proc/device-tree/$f")"
                done
                exit 0

                """#),
        Probe(
            "serials", accepted: [0, 2],
            rootCommand:
                "/usr/bin/grep -Hs . /sys/class/dmi/id/product_serial /sys/class/dmi/id/product_uuid "
                + "/sys/class/dmi/id/board_serial /sys/class/dmi/id/chassis_serial",
            script: #"""
                d=/sys/class/dmi/id
                [ -e "$d/product_uuid" ] || exit 0
                hf_root grep -Hs . "$d/product_serial" "$d/product_uuid" "$d/board_serial" "$d/chassis_serial"

                """#),
        Probe(
            "disks", accepted: [0, 1, 2],
            script: #"""
                if command -v lsblk >/dev/null 2>&1; then
                exec lsblk -J -b -d -o NAME,TYPE,SIZE,MODEL,SERIAL,VENDOR,TRAN,ROTA,WWN
                fi
                cd /sys/block 2>/dev/null || exit 0
                exec grep -Hs . */size */queue/rotational */device/model */device/vendor */device/serial */device/name

                """#),
        Probe("pci", tool: "lspci", script: "exec lspci -Dmmnn\n"),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let disks = try disks(captures)
        return Inventory(
            unique: processor(captures.lines("processor")) + board(captures) + disks
                + pci(captures.lines("pci")))
    }

    private static func processor(_ lines: [String]) -> [InventoryItem] {
        var threads: Int64 = 0
        var packages: Set<String> = []
        var fields: [String: JSONValue] = [:]
        var items: [InventoryItem] = []
        for line in lines {
            guard let (key, value) = line.divided(at: ":").map({ ($0.trimmed, $1.trimmed) }) else { continue }
            switch key {
            case "processor" where Int64(value) != nil: threads += 1
            case "physical id": packages.insert(value)
            case "model name", "cpu model", "processor": fields["model"] = .string(value)
            case "vendor_id", "CPU implementer": fields["vendor"] = .string(value)
            case "CPU part": fields["part"] = .string(value)
            case "Hardware", "system type": fields["chip"] = .string(value)
            case "Revision": fields["revision"] = .string(value)
            case "MemTotal":
                guard let kibibytes = value.words().first.flatMap({ Int64($0) }), kibibytes < 1 << 50 else {
                    continue
                }
                items.append(InventoryItem("memory", "main", ["bytes": .int(kibibytes * 1024)]))
            default: break
            }
        }
        guard threads > 0 else { return items }
        fields["threads"] = .int(threads)
        fields["sockets"] = packages.isEmpty ? nil : .int(Int64(packages.count))
        return items + [InventoryItem("processor", "main", fields)]
    }

    private static func board(_ captures: Captures) -> [InventoryItem] {
        var fields: [String: JSONValue] = [:]
        for line in captures.lines("board") + captures.lines("serials") {
            guard let (path, value) = line.divided(at: ":").map({ ($0, $1.trimmed) }), !value.isEmpty,
                let key = path.columns("/").last, let field = boardFields[key]
            else { continue }
            fields[field] = .string(value)
        }
        return fields.isEmpty ? [] : [InventoryItem("board", "main", fields)]
    }

    private static let boardFields = [
        "sys_vendor": "vendor", "product_name": "product", "product_version": "productVersion",
        "product_family": "family", "product_serial": "serial", "product_uuid": "uuid",
        "board_vendor": "boardVendor", "board_name": "board", "board_version": "boardVersion",
        "board_serial": "boardSerial", "bios_vendor": "firmwareVendor", "bios_version": "firmwareVersion",
        "bios_date": "firmwareDate", "chassis_type": "chassis", "chassis_serial": "chassisSerial",
        "model": "product", "serial-number": "serial",
    ]

    private static func disks(_ captures: Captures) throws(CollectorError) -> [InventoryItem] {
        let output = captures.byProbe["disks"]?.output ?? []
        guard output.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            return kernelDisks(captures.lines("disks"))
        }
        let devices = try captures.json("disks")?["blockdevices"]?.array ?? []
        return devices.compactMap { device in
            guard device["type"]?.string == "disk", let name = device["name"]?.string else { return nil }
            let size = device["size"]?.int ?? device["size"]?.string.flatMap { Int64($0) }
            guard size != 0, !isPassing(name) else { return nil }
            return InventoryItem(
                "disk", name,
                present: [
                    "bytes": size.map { .int($0) },
                    "model": device["model"]?.string.map { .string($0.trimmed) },
                    "vendor": device["vendor"]?.string.map { .string($0.trimmed) },
                    "serial": device["serial"]?.string.map { .string($0.trimmed) },
                    "wwn": device["wwn"]?.string.map { .string($0) },
                    "transport": device["tran"]?.string.map { .string($0) },
                    "rotates": (device["rota"]?.bool ?? device["rota"]?.string.map { $0 == "1" }).map {
                        .bool($0)
                    },
                ])
        }
    }

    /// Disks as `/sys/block` tells them: `sda/size:4096`, in sectors of 512 bytes.
    private static func kernelDisks(_ lines: [String]) -> [InventoryItem] {
        var disks: [String: [String: JSONValue]] = [:]
        for line in lines {
            guard let (path, value) = line.divided(at: ":").map({ ($0, $1.trimmed) }),
                let (name, key) = path.divided(at: "/"), !isPassing(name)
            else { continue }
            switch key {
            case "size":
                if let sectors = Int64(value), sectors < 1 << 52 {
                    disks[name, default: [:]]["bytes"] = .int(sectors * 512)
                }
            case "queue/rotational": disks[name, default: [:]]["rotates"] = .bool(value == "1")
            case "device/model", "device/name": disks[name, default: [:]]["model"] = .string(value)
            case "device/vendor": disks[name, default: [:]]["vendor"] = .string(value)
            case "device/serial": disks[name, default: [:]]["serial"] = .string(value)
            default: break
            }
        }
        return disks.filter { $0.value["bytes"]?.int ?? 0 > 0 }.map {
            InventoryItem("disk", $0.key, $0.value)
        }
    }

    /// Whether a device is no hardware: memory, loops, network blocks, mapped and assembled devices.
    private static func isPassing(_ name: String) -> Bool {
        ["loop", "ram", "zram", "nbd", "rbd", "dm-", "md", "zd", "sr", "fd"].contains { name.hasPrefix($0) }
    }

    /// Lines of `lspci -Dmmnn`: the slot, then quoted class, vendor and device.
    private static func pci(_ lines: [String]) -> [InventoryItem] {
        lines.compactMap { line in
            let parts = line.columns("\"")
            guard parts.count >= 6, let slot = parts[0].words().first else { return nil }
            return InventoryItem(
                "pci", slot,
                present: [
                    "class": .string(parts[1]), "vendor": .string(parts[3]), "device": .string(parts[5]),
                ])
        }
    }
}
