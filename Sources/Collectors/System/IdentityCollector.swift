import Basics

/// Who a device is: names, operating system, kernel, firmware, init system.
///
/// Reads `/proc/sys/kernel`, `/etc/os-release` and a few marker files with the shell's own means; works
/// wherever there is a Linux kernel. `systemd-detect-virt` (systemd 183 or newer) names the kind of virtual
/// machine.
/// - SeeAlso: os-release(5), machine-id(5), systemd-detect-virt(1)
package enum IdentityCollector: Collector {
    package static let name = "identity"
    package static let summary = "Host name, machine id, operating system, kernel, firmware and init system."
    package static let files = FileSet([
        "/etc/hostname", "/etc/machine-id", "/etc/machine-info", "/etc/os-release", "/etc/debian_version",
        "/etc/issue", "/etc/issue.net", "/etc/motd",
    ])

    package static let probes = [
        Probe(
            "facts", isRequired: true,
            script: Probe.atOnce(
                #"""
                say() { printf '%s=%s\n' "$1" "$2"; }
                first() { v=; [ -r "$2" ] && IFS= read -r v <"$2" || [ -n "$v" ] && say "$1" "$v"; }
                k=/proc/sys/kernel
                first hostname $k/hostname
                first domain $k/domainname
                first kernel $k/osrelease
                first build $k/version
                say architecture "$(uname -m)"
                first machineID /etc/machine-id
                first staticHostname /etc/hostname
                first debianVersion /etc/debian_version
                if [ -d /run/systemd/system ]; then say init systemd
                elif [ -d /run/openrc ]; then say init openrc
                else first init /proc/1/comm; fi
                if [ -d /sys/firmware/efi ]; then say firmware uefi
                elif [ -d /proc/device-tree ]; then say firmware devicetree
                else say firmware bios; fi
                if command -v systemd-detect-virt >/dev/null 2>&1; then say virtualisation "$(systemd-detect-virt)"; fi
                for f in /etc/os-release /usr/lib/os-release; do
                [ -r "$f" ] || continue
                while IFS= read -r l || [ -n "$l" ]; do printf 'os.%s\n' "$l"; done <"$f"
                break
                done
                """#))
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        guard captures.byProbe["facts"]?.outcome == .exited(0) else { return nil }
        let names = captures.lines("facts").compactMap { $0.divided(at: "=") }.filter { !$0.1.isEmpty }.map(
            \.0)
        let isNamed = names.contains { $0 == "kernel" || $0.hasPrefix("os.") }
        return isNamed
            ? nil : CollectorError(probe: "facts", "it names neither a kernel nor an operating system")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var facts: [String: JSONValue] = [:]
        var system: [String: JSONValue] = [:]
        for line in captures.lines("facts") {
            guard let (key, value) = line.divided(at: "="), !value.isEmpty else { continue }
            if let key = key.after("os.") {
                guard let field = releaseFields[key] else { continue }
                system[field] = .string(value.unquoted)
            } else if !(key == "domain" && value == "(none)") {
                facts[key] = .string(value)
            }
        }
        var items: [InventoryItem] = []
        if !facts.isEmpty { items.append(InventoryItem("machine", "identity", facts)) }
        if !system.isEmpty { items.append(InventoryItem("system", "release", system)) }
        return Inventory(items)
    }

    private static let releaseFields = [
        "ID": "id", "ID_LIKE": "like", "NAME": "name", "PRETTY_NAME": "title", "VERSION_ID": "version",
        "VERSION_CODENAME": "codename", "VARIANT_ID": "variant", "BUILD_ID": "build",
    ]
}
