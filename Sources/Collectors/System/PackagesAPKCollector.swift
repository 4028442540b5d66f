import Basics

/// Packages of Alpine, with what `/etc/apk/world` asks for.
///
/// Reads the database of installed packages itself: `P:` name, `V:` version, `A:` architecture, records
/// parted by an empty line (apk-tools 2 and 3).
/// - SeeAlso: apk-world(5), apk-repositories(5), the page "Apk spec" of the Alpine wiki
package enum PackagesAPKCollector: Collector {
    package static let name = "packages-apk"
    package static let summary =
        "Alpine packages with versions, those asked for in world, and the repositories of apk."
    package static let files = FileSet(["/etc/apk"])

    package static let probes = [
        Probe(
            "packages", tool: "apk", isRequired: true,
            script: #"""
                for f in /lib/apk/db/installed /usr/lib/apk/db/installed; do
                [ -r "$f" ] && exec grep '^[PVA]:' "$f"
                done
                echo 'no database of installed packages' >&2
                exit 1

                """#),
        Probe("world", tool: "apk", script: "exec cat /etc/apk/world\n"),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        doubtIfEmpty("packages", captures, "apk is installed and lists no package, not even itself")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let world = captures.byProbe["world"]?.outcome == .exited(0) ? wishes(captures.lines("world")) : nil
        var items: [InventoryItem] = []
        var current: [String: String] = [:]
        // `P:` opens a record only after `C:`, which is not printed: a repeated letter ends the one before.
        for line in captures.lines("packages") {
            guard let (key, value) = line.divided(at: ":") else { continue }
            if current[key] != nil {
                items += item(current, world: world).map { [$0] } ?? []
                current = [:]
            }
            current[key] = value
        }
        items += item(current, world: world).map { [$0] } ?? []
        let unmet = (world ?? [:]).filter { entry in !items.contains { $0.name == entry.key } }
        return Inventory(
            unique: items + unmet.map { InventoryItem("wish", $0.key, ["constraint": .string($0.value)]) })
    }

    private static func item(_ record: [String: String], world: [String: String]?) -> InventoryItem? {
        guard let name = record["P"], let version = record["V"], !name.isEmpty else { return nil }
        return InventoryItem(
            "package", name,
            present: [
                "version": .string(version), "architecture": record["A"].map { .string($0) },
                "manual": world.map { .bool($0[name] != nil) },
                "constraint": world?[name].flatMap { $0 == name ? nil : .string($0) },
            ])
    }

    /// Names in world with the whole entry: `nginx`, `nodejs<20`, `php@edge`, `!busybox-suid`.
    private static func wishes(_ lines: [String]) -> [String: String] {
        var wishes: [String: String] = [:]
        for word in lines.flatMap({ $0.words() }) {
            let end = word.unicodeScalars.firstIndex { "<>=~@".unicodeScalars.contains($0) }
            let name = String(word.unicodeScalars[..<(end ?? word.unicodeScalars.endIndex)])
            if !name.isEmpty { wishes[name] = word }
        }
        return wishes
    }
}
