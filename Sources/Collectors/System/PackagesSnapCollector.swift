import Basics

/// Snaps with revision and channel.
///
/// Works with snapd 2.30 or newer. Snaps refresh by themselves; then the revision changes.
/// - SeeAlso: snap(8)
package enum PackagesSnapCollector: Collector {
    package static let name = "packages-snap"
    package static let summary = "Snaps with version, revision, channel and confinement."

    package static let probes = [
        Probe(
            "packages", tool: "snap", timeLimit: 10, isRequired: true,
            script: "exec snap list --unicode=never --color=never\n")
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let items = captures.lines("packages").dropFirst().compactMap { line -> InventoryItem? in
            let words = line.words()
            guard words.count == 6 else { return nil }
            return InventoryItem(
                "package", words[0],
                [
                    "version": .string(words[1]), "revision": .string(words[2]), "channel": .string(words[3]),
                    "publisher": .string(words[4]),
                    "notes": .texts(words[5] == "-" ? [] : words[5].columns(",")),
                ])
        }
        return Inventory(unique: items)
    }
}
