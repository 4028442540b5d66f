import Basics

/// How the kernel is started and set: command line, parameters that were set on purpose, modules, boot
/// loader.
///
/// Of all parameters only those are read whose keys stand in a file of sysctl.d: the value in force beside
/// the one that was asked for. Keys with wildcards are left to the files.
/// - SeeAlso: sysctl.d(5), modules-load.d(5), modprobe.d(5), proc(5)
package enum KernelCollector: Collector {
    package static let name = "kernel"
    package static let summary =
        "Kernel command line, sysctl settings with values in force, modules, udev rules, boot loader."
    package static let files = FileSet([
        "/etc/sysctl.conf", "/etc/sysctl.d", "/etc/modules", "/etc/modules-load.d", "/etc/modprobe.d",
        "/etc/modprobe.conf",
        "/etc/default/grub", "/etc/default/grub.d", "/etc/grub.d", "/etc/kernel", "/etc/initramfs-tools",
        "/etc/dracut.conf",
        "/etc/dracut.conf.d", "/etc/mkinitcpio.conf", "/etc/mkinitcpio.d", "/etc/mkinitfs",
        "/etc/update-extlinux.conf",
        "/etc/udev", "/etc/tmpfiles.d", "/etc/binfmt.d", "/etc/dkms", "/etc/kdump.conf",
        "/etc/default/kdump-tools",
        "/etc/crypttab.initramfs", "/boot/cmdline.txt", "/boot/config.txt", "/boot/firmware/cmdline.txt",
        "/boot/firmware/config.txt", "/boot/loader/loader.conf", "/boot/loader/entries",
        "/boot/extlinux/extlinux.conf",
        "/boot/efi/loader/entries",
    ])

    package static let probes = [
        Probe("command-line", isRequired: true, script: "exec cat /proc/cmdline\n"),
        Probe(
            "modules", accepted: [0, 1, 2],
            script: #"""
                exec grep -hs '^[[:space:]]*[A-Za-z0-9]' /etc/modules /etc/modules-load.d/*.conf

                """#),
        // Where a parameter may not be read, sysctl prints the others and leaves with 1 or 255.
        Probe(
            "parameters", tool: "sysctl", accepted: [0, 1, 255],
            script: #"""
                keys=$(cat /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf \
                /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf 2>/dev/null |
                awk -F= '/^[ \t]*[^#; \t]/ && NF > 1 { k = $1; gsub(/[ \t]/, "", k); sub(/^-/, "", k)
                if (k ~ /^[A-Za-z0-9_][A-Za-z0-9_.\/:@-]*$/ && !seen[k]++) print k }')
                [ -n "$keys" ] || exit 0
                set -f
                IFS='
                '
                set -- $keys
                exec sysctl -e -- "$@"

                """#),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items: [InventoryItem] = []
        let arguments = captures.lines("command-line").flatMap { $0.words() }
        if !arguments.isEmpty {
            items.append(
                InventoryItem("boot", "command-line", ["arguments": .array(arguments.map { .guarded($0) })]))
        }
        // Debian links /etc/modules-load.d/modules.conf to /etc/modules: each name counts once.
        for line in Set(captures.lines("modules").map(\.trimmed)) {
            let words = line.words(limit: 2)
            guard let name = words.first else { continue }
            let options = words.count > 1 && !words[1].hasPrefix("#") ? words[1] : ""
            items.append(InventoryItem("module", name, present: ["options": .string(options)]))
        }
        for line in captures.lines("parameters") {
            guard let (key, value) = line.divided(at: "=").map({ ($0.trimmed, $1.trimmed) }),
                !key.contains(" ")
            else { continue }
            items.append(InventoryItem("parameter", key, ["value": .guarded(value, named: key)]))
        }
        return Inventory(unique: items)
    }
}
