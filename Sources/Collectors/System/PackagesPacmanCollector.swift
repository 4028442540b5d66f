import Basics

/// Packages of Arch Linux and its relatives, with those asked for by hand.
///
/// Works with pacman 4 or newer.
/// - SeeAlso: pacman(8), pacman.conf(5)
package enum PackagesPacmanCollector: Collector {
    package static let name = "packages-pacman"
    package static let summary =
        "Arch packages with versions and manual marks, and the configuration of pacman."
    package static let files = FileSet(
        ["/etc/pacman.conf", "/etc/pacman.d", "/etc/makepkg.conf"], excludes: ["/etc/pacman.d/gnupg"])

    package static let probes = [
        Probe(
            "packages", tool: "pacman", timeLimit: 30, isRequired: true,
            script: "exec pacman -Q\n"),
        Probe("manual", tool: "pacman", timeLimit: 30, accepted: [0, 1], script: "exec pacman -Qqe\n"),
        Probe("foreign", tool: "pacman", timeLimit: 30, accepted: [0, 1], script: "exec pacman -Qqm\n"),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        doubtIfEmpty("packages", captures, "pacman is installed and lists no package, not even itself")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let manual =
            captures.byProbe["manual"].map { [.exited(0), .exited(1)].contains($0.outcome) } == true
            ? Set(captures.lines("manual")) : nil
        let foreign = Set(captures.lines("foreign"))
        let items = captures.lines("packages").compactMap { line -> InventoryItem? in
            let words = line.words()
            guard words.count == 2 else { return nil }
            return InventoryItem(
                "package", words[0],
                present: [
                    "version": .string(words[1]), "manual": manual.map { .bool($0.contains(words[0])) },
                    "foreign": foreign.contains(words[0]) ? true : nil,
                ])
        }
        return Inventory(unique: items)
    }
}
