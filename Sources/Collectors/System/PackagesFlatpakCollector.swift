import Basics

/// Flatpak applications and runtimes with the remotes they come from.
///
/// Works with flatpak 1.2 or newer; sees the whole system's installations and those of the account of the
/// run.
/// - SeeAlso: flatpak-list(1), flatpak-remotes(1)
package enum PackagesFlatpakCollector: Collector {
    package static let name = "packages-flatpak"
    package static let summary = "Flatpak applications, runtimes and remotes."
    package static let files = FileSet([
        "/etc/flatpak", "/var/lib/flatpak/repo/config", "/var/lib/flatpak/overrides",
    ])

    package static let probes = [
        Probe(
            "packages", tool: "flatpak", timeLimit: 30, isRequired: true,
            script: "exec flatpak list --columns=ref,version,origin,installation,options\n"),
        Probe(
            "remotes", tool: "flatpak", timeLimit: 30,
            script: "exec flatpak remotes --columns=name,url,options\n"),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let packages = captures.lines("packages").compactMap { line -> InventoryItem? in
            let parts = line.columns("\t").map(\.trimmed)
            guard parts.count >= 4, parts[0].contains("/") else { return nil }
            return InventoryItem(
                "package", "\(parts[3]) \(parts[0])",
                present: [
                    "version": .string(parts[1]), "origin": .string(parts[2]),
                    "kind": parts.count > 4 && parts[4].columns(",").contains("runtime")
                        ? "runtime" : "application",
                ])
        }
        let remotes = captures.lines("remotes").compactMap { line -> InventoryItem? in
            let parts = line.columns("\t").map(\.trimmed)
            guard parts.count >= 2, !parts[0].isEmpty else { return nil }
            let options = parts.count > 2 ? parts[2] : ""
            return InventoryItem(
                "remote", parts[0], present: ["url": .guarded(parts[1]), "options": .string(options)])
        }
        return Inventory(unique: packages + remotes)
    }
}
