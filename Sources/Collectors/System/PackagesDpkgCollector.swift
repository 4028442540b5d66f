import Basics

/// Packages of Debian, Ubuntu and their relatives, with what was asked for by hand and what is held.
///
/// Works with dpkg 1.16 or newer. What came in only as a dependency stands in `/var/lib/apt/extended_states`,
/// which reads a hundred times faster than `apt-mark showmanual` and says the same.
/// - SeeAlso: dpkg-query(1), apt-mark(8), sources.list(5)
package enum PackagesDpkgCollector: Collector {
    package static let name = "packages-dpkg"
    package static let summary =
        "Debian packages with versions, manual marks and holds, and the sources of apt."
    package static let files = FileSet(
        [
            "/etc/apt", "/etc/dpkg", "/usr/share/keyrings", "/var/lib/apt/extended_states",
            "/var/lib/dpkg/arch",
            "/var/lib/dpkg/diversions", "/var/lib/dpkg/statoverride",
        ],
        excludes: [
            "/usr/share/keyrings/debian-archive-*", "/usr/share/keyrings/ubuntu-*",
            "/usr/share/keyrings/debian-maintainers.gpg", "/usr/share/keyrings/debian-nonupload.gpg",
            "/usr/share/keyrings/debian-keyring.gpg", "/usr/share/keyrings/debian-role-keys.gpg",
            "/usr/share/keyrings/debian-tag2upload.pgp",
        ])

    package static let probes = [
        Probe(
            "packages", tool: "dpkg-query", timeLimit: 60, isRequired: true,
            script: #"""
                exec dpkg-query -W -f='${Package}\t${Architecture}\t${Version}\t${Status}\n'

                """#),
        Probe(
            "dependencies", tool: "apt-mark",
            script: #"""
                f=/var/lib/apt/extended_states
                [ -e "$f" ] || exit 0
                exec awk '/^Package:/ { p = $2 } /^Architecture:/ { a = $2 } /^Auto-Installed: 1/ { print p ":" a }' "$f"

                """#),
        Probe(
            // BusyBox has a dpkg of its own, but no dpkg-query.
            "architectures", tool: "dpkg-query",
            script: #"""
                dpkg --print-architecture && exec dpkg --print-foreign-architectures

                """#),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        doubtIfEmpty("packages", captures, "dpkg is installed and lists no package, not even itself")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let isMarked = captures.byProbe["dependencies"]?.outcome == .exited(0)
        let dependencies = Set(captures.lines("dependencies"))
        let architectures = captures.lines("architectures").map(\.trimmed).filter { !$0.isEmpty }
        var items = captures.lines("packages").compactMap { line in
            package(line, architectures: architectures, dependencies: isMarked ? dependencies : nil)
        }
        if let native = architectures.first {
            items.append(
                InventoryItem(
                    "architecture", "dpkg",
                    ["native": .string(native), "foreign": .texts(architectures.dropFirst())]))
        }
        return Inventory(unique: items)
    }

    /// One line: name, architecture, version and status (`hold ok installed`), parted by tabs.
    ///
    /// For packages of every architecture, apt notes the native one in its marks.
    private static func package(
        _ line: String, architectures: [String], dependencies: Set<String>?
    ) -> InventoryItem? {
        let parts = line.columns("\t")
        let status = parts.last?.words() ?? []
        guard parts.count == 4, status.count == 3, !parts[0].isEmpty, status[2] != "not-installed" else {
            return nil
        }
        let candidates = parts[1] == "all" ? architectures + ["all"] : [parts[1]]
        let isTold = parts[1] != "all" || !architectures.isEmpty
        let isDependency = (isTold ? dependencies : nil).map { marks in
            candidates.contains { marks.contains("\(parts[0]):\($0)") }
        }
        return InventoryItem(
            "package", parts[1].isEmpty ? parts[0] : "\(parts[0]):\(parts[1])",
            present: [
                "version": .string(parts[2]), "status": .string(status[2]),
                "held": status[0] == "hold" ? true : nil,
                "error": status[1] == "ok" ? nil : .string(status[1]),
                "manual": status[2] == "installed" ? isDependency.map { .bool(!$0) } : nil,
            ])
    }
}
