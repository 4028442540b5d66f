import Basics

/// What is mounted where, and what lies on which block device, with the names that survive a reboot.
///
/// Needs util-linux 2.27 for `lsblk -J`; where it is missing (BusyBox) `blkid` gives types and UUIDs, as
/// root. File systems of the kernel itself, of containers and of sessions are left out, and options that
/// differ after each mount.
/// - SeeAlso: fstab(5), lsblk(8), blkid(8), proc_mounts(5)
package enum FilesystemsCollector: Collector {
    package static let name = "filesystems"
    package static let summary =
        "Mounts, swap, block devices with UUIDs, fstab and crypttab, and shares given to others."
    package static let files = FileSet(
        [
            "/etc/fstab", "/etc/crypttab", "/etc/cryptsetup-keys.d", "/etc/clevis", "/etc/exports",
            "/etc/exports.d",
            "/etc/nfs.conf", "/etc/nfs.conf.d", "/etc/idmapd.conf", "/etc/samba",
            "/var/lib/samba/private/passdb.tdb",
            "/etc/auto.master", "/etc/auto.master.d", "/etc/auto.*", "/etc/autofs.conf", "/etc/iscsi",
            "/etc/target",
            "/etc/tgt", "/etc/multipath.conf", "/etc/multipath", "/etc/snapper", "/etc/btrbk",
            "/etc/smartd.conf",
            "/etc/hdparm.conf", "/etc/udisks2", "/etc/vsftpd.conf", "/etc/proftpd", "/etc/davfs2",
            "/etc/fuse.conf",
        ],
        excludes: ["/etc/davfs2/certs/private/*"])

    package static let probes = [
        Probe(
            "mounts", isRequired: true,
            script: "cat /proc/mounts && printf '\\n=== swaps\\n' && exec cat /proc/swaps\n"),
        Probe(
            "devices", tool: "lsblk",
            script: #"""
                exec lsblk -J -b -o NAME,TYPE,SIZE,FSTYPE,LABEL,UUID,PARTLABEL,PARTUUID,PTTYPE

                """#),
        Probe(
            "labels", tool: "blkid", accepted: [0, 2], rootCommand: "/sbin/blkid",
            script: #"""
                if command -v lsblk >/dev/null 2>&1; then exit 0; fi
                hf_root blkid

                """#),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let halves = captures.lines("mounts").split(separator: "=== swaps", maxSplits: 1)
        // Of mounts one upon the other, the last can be seen.
        let mounts = Dictionary((halves.first ?? []).compactMap(mount).map { ($0.name, $0) }) { $1 }.values
        let swaps = (halves.count > 1 ? Array(halves[1]) : []).dropFirst().compactMap(swap)
        var devices: [String: BlockDevice] = [:]
        for device in try captures.json("devices")?["blockdevices"]?.array ?? [] {
            BlockDevice.collect(device, parent: nil, into: &devices)
        }
        for line in captures.lines("labels") { BlockDevice.collect(blkid: line, into: &devices) }
        let hasEncryption = devices.values.contains { $0.fields["filesystem"] == "crypto_LUKS" }
        return Inventory(
            unique: mounts + swaps + devices.map { $0.value.item(named: $0.key) },
            remarks: hasEncryption
                ? [
                    "Headers of encrypted devices are not covered: keep a copy made by cryptsetup luksHeaderBackup."
                ]
                : [])
    }

    /// One line of `/proc/mounts`: source, target, type, options.
    private static func mount(_ line: String) -> InventoryItem? {
        let words = line.words()
        guard words.count >= 4 else { return nil }
        let target = unescaped(words[1])
        guard target.hasPrefix("/"), !kernelTypes.contains(words[2]), !isPassing(target) else { return nil }
        let options = words[3].columns(",").filter { option in
            !passingOptions.contains { option.hasPrefix($0) }
        }
        return InventoryItem(
            "mount", target,
            [
                "source": .guarded(unescaped(words[0])), "type": .string(words[2]),
                "options": .array(options.sorted().map { .guarded($0) }),
            ])
    }

    /// One line of `/proc/swaps`: file, type, size in KiB, used, priority.
    private static func swap(_ line: String) -> InventoryItem? {
        let words = line.words()
        guard words.count == 5, !words[0].hasPrefix("/dev/zram"), let size = Int64(words[2]), size < 1 << 50
        else { return nil }
        return InventoryItem(
            "swap", unescaped(words[0]), ["type": .string(words[1]), "bytes": .int(size * 1024)])
    }

    private static let kernelTypes: Set<String> = [
        "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs",
        "pstore", "bpf",
        "configfs", "mqueue", "hugetlbfs", "autofs", "nsfs", "ramfs", "rpc_pipefs", "nfsd", "selinuxfs",
        "efivarfs",
        "fusectl", "binfmt_misc", "squashfs", "fuse.lxcfs", "fuse.gvfsd-fuse", "fuse.portal", "fuse.snapfuse",
    ]

    private static func isPassing(_ target: String) -> Bool {
        let folders = [
            "/proc/", "/sys/", "/dev/", "/run/", "/var/run/", "/snap/", "/var/snap/", "/var/lib/docker/",
            "/var/lib/containers/", "/var/lib/containerd/", "/var/lib/kubelet/", "/var/lib/lxd/",
            "/var/lib/incus/",
            "/var/lib/lxc/", "/var/lib/machines/", "/media/", "/run/media/",
        ]
        return ["/proc", "/sys", "/dev", "/run"].contains(target) || folders.contains { target.hasPrefix($0) }
    }

    /// What the kernel adds by itself or that differs after each mount.
    private static let passingOptions = [
        "lowerdir=", "upperdir=", "workdir=", "mountport=", "mountaddr=", "clientaddr=", "port=", "uuid=",
    ]

    /// `\040` and its like as the characters they stand for.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        let octal = ["\\040": " ", "\\011": "\t", "\\012": "\n", "\\043": "#"]
        let parts = octal.reduce(text) {
            $0.split(separator: $1.key, omittingEmptySubsequences: false).joined(separator: $1.value)
        }
        return parts.split(separator: "\\134", omittingEmptySubsequences: false).joined(separator: "\\")
    }
}

/// One block device and the devices it is made of.
private struct BlockDevice {
    var fields: [String: JSONValue] = [:]
    var parents: Set<String> = []

    /// Takes in a device of `lsblk -J` and everything below it; one that several devices carry is named once.
    static func collect(_ device: JSONValue, parent: String?, into devices: inout [String: BlockDevice]) {
        guard let name = device["name"]?.string, let type = device["type"]?.string else { return }
        let size = device["size"]?.int ?? device["size"]?.string.flatMap { Int64($0) }
        guard !["loop", "rom"].contains(type), size != 0, !name.hasPrefix("zram"), !name.hasPrefix("nbd")
        else { return }
        var entry = devices[name] ?? BlockDevice()
        if let parent { entry.parents.insert(parent) }
        entry.fields["type"] = .string(type)
        entry.fields["bytes"] = size.map { .int($0) }
        for (column, field) in textFields { entry.fields[field] = device[column]?.string.map { .string($0) } }
        devices[name] = entry
        for child in device["children"]?.array ?? [] { collect(child, parent: name, into: &devices) }
    }

    private static let textFields = [
        "fstype": "filesystem", "label": "label", "uuid": "uuid", "partlabel": "partitionLabel",
        "partuuid": "partitionUUID", "pttype": "partitionTable",
    ]

    /// Takes in one line of `blkid`: `/dev/sda1: UUID="…" TYPE="ext4"`.
    static func collect(blkid line: String, into devices: inout [String: BlockDevice]) {
        guard let (device, rest) = line.divided(at: ":"), let name = device.after("/dev/"),
            !["loop", "zram", "sr"].contains(where: { name.hasPrefix($0) })
        else { return }
        let names = [
            "TYPE": "filesystem", "LABEL": "label", "UUID": "uuid", "PARTLABEL": "partitionLabel",
            "PARTUUID": "partitionUUID", "PTTYPE": "partitionTable",
        ]
        var entry = BlockDevice()
        let parts = rest.columns("\"")
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard let field = names[String(parts[index].trimmed.dropLast())] else { continue }
            entry.fields[field] = .string(parts[index + 1])
        }
        devices[name] = entry
    }

    func item(named name: String) -> InventoryItem {
        let parents: JSONValue? = parents.isEmpty ? nil : .texts(parents.sorted())
        return InventoryItem("device", name, fields.merging(parents.map { ["parents": $0] } ?? [:]) { $1 })
    }
}
