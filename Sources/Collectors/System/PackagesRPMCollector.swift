import Basics

/// Packages of Fedora, Red Hat, SUSE and their relatives, with what was asked for by hand where dnf knows it.
///
/// Works with rpm 4.4 or newer and dnf 4 and 5. Kernels and keys may be installed in several versions at
/// once.
/// - SeeAlso: rpm(8), dnf(8), yum.repos.d in yum.conf(5)
package enum PackagesRPMCollector: Collector {
    package static let name = "packages-rpm"
    package static let summary =
        "RPM packages with versions and manual marks, and the repositories of dnf, yum and zypper."
    package static let files = FileSet([
        "/etc/yum.repos.d", "/etc/yum.conf", "/etc/yum", "/etc/dnf", "/etc/zypp", "/etc/rpm",
        "/etc/pki/rpm-gpg",
        "/usr/lib/sysimage/libdnf5", "/var/lib/zypp/AutoInstalled",
    ])

    package static let probes = [
        Probe(
            "packages", tool: "rpm", timeLimit: 60, isRequired: true,
            script: #"""
                # BusyBox has an rpm that unpacks, and knows of no database.
                case $(rpm --version 2>&1) in *BusyBox*) echo "rpm is BusyBox's, which knows of no database" >&2; exit 127 ;; esac
                exec rpm -qa --qf '%{NAME}\t%{ARCH}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\n'

                """#),
        Probe(
            "manual", tool: "dnf", timeLimit: 60,
            script: #"""
                exec dnf -q -C repoquery --userinstalled --qf '%{name}.%{arch}\n'

                """#),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let isMarked = captures.byProbe["manual"]?.outcome == .exited(0)
        let manual = Set(captures.lines("manual").map(\.trimmed))
        var versions: [String: [String]] = [:]
        for line in captures.lines("packages") {
            let parts = line.columns("\t")
            guard parts.count == 4, !parts[0].isEmpty else { continue }
            let name = parts[1] == "(none)" ? parts[0] : "\(parts[0]).\(parts[1])"
            let isPlain = parts[2] == "(none)" || parts[2] == "0"
            versions[name, default: []].append(isPlain ? parts[3] : "\(parts[2]):\(parts[3])")
        }
        let items = versions.map { name, versions in
            InventoryItem(
                "package", name,
                present: [
                    "version": .string(versions.sorted().joined(separator: ", ")),
                    "manual": isMarked ? .bool(manual.contains(name)) : nil,
                ])
        }
        return Inventory(items)
    }
}
