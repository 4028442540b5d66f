import Basics
package import Vault

/// Compares what a backup says with what was read back of a scratch folder it was restored into.
package struct DrillComparison: Sendable {
    /// What the scratch folder could not be given, and is therefore not compared.
    package struct Limits: Sendable {
        /// Only root may give files away.
        package var ignoresOwners = false
        /// Entries that were not made at all.
        package var notMade: Set<[UInt8]> = []
        /// Entries whose attributes the file system, or the lack of rights, refused.
        package var withoutAttributes: Set<[UInt8]> = []

        package init() {}
    }

    /// One entry that is not as the backup says.
    package struct Finding: Sendable, Equatable {
        package let path: [UInt8]
        /// What differs, as clauses.
        package let what: [String]
        /// Only the pieces differ, and the size does not: holes may lie elsewhere, so the bytes must be compared.
        package let isUndecided: Bool
    }

    private let wanted: [FileEntry]
    private let present: [[UInt8]: FileEntry]
    private let limits: Limits
    private let wantedNames: LinkNames
    private let presentNames: LinkNames

    /// - Parameter present: what was read back, under the paths of the backup.
    package init(wanted: [FileEntry], present: [FileEntry], limits: Limits) {
        self.wanted = wanted.filter { !limits.notMade.contains($0.path) }
        self.present = Dictionary(present.map { ($0.path, $0) }) { first, _ in first }
        self.limits = limits
        wantedNames = LinkNames(self.wanted)
        let relevant = Set(self.wanted.map(\.path))
        presentNames = LinkNames(present.filter { relevant.contains($0.path) })
    }

    /// What differs, in the order of the backup.
    package func findings() -> [Finding] {
        wanted.compactMap { entry in
            guard let found = present[entry.path] else {
                return Finding(path: entry.path, what: ["was not restored"], isUndecided: false)
            }
            return compare(entry, found)
        }
    }

    private func compare(_ entry: FileEntry, _ found: FileEntry) -> Finding? {
        let old = wantedNames.file(of: entry)
        let new = presentNames.file(of: found)
        var what: [String] = []
        if old.kind != new.kind { what.append("is a \(new.kind.words), not a \(old.kind.words)") }
        if wantedNames.first(of: entry) != presentNames.first(of: found) {
            what.append("is not the same file as its other names any more")
        }
        if old.linkTarget != new.linkTarget { what.append("points elsewhere") }
        if old.mode != new.mode, old.kind != .symbolicLink {
            what.append("has mode \(String(new.mode, radix: 8)), not \(String(old.mode, radix: 8))")
        }
        if !limits.ignoresOwners, old.userID != new.userID || old.groupID != new.groupID {
            what.append(
                "belongs to \(new.userID):\(new.groupID), not \(old.userID):\(old.groupID)")
        }
        if old.modified != new.modified { what.append("has another time") }
        if !limits.withoutAttributes.contains(entry.path), Self.attributes(old) != Self.attributes(new) {
            what.append("has other attributes")
        }
        if old.size != new.size { what.append("has \(new.size) bytes, not \(old.size)") }
        let pieces = (old.content.map(\.id), new.content.map(\.id))
        guard pieces.0 != pieces.1, old.kind == .file, new.kind == .file, old.size == new.size else {
            return what.isEmpty ? nil : Finding(path: entry.path, what: what, isUndecided: false)
        }
        return Finding(path: entry.path, what: what, isUndecided: true)
    }

    /// Attributes that a scratch folder is given: no access lists, no labels that the system puts there by itself.
    private static func attributes(_ entry: FileEntry) -> [[UInt8]: [UInt8]] {
        let kept = entry.attributes.filter { attribute in
            attribute.name.starts(with: "SCHILY.xattr.".utf8)
                && !attribute.name.starts(with: "SCHILY.xattr.security.selinux".utf8)
                && !attribute.name.starts(with: "SCHILY.xattr.system.".utf8)
        }
        return Dictionary(kept.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

/// Which names are one file, whichever of them an archive called the file and which its further names.
private struct LinkNames: Sendable {
    private let files: [[UInt8]: FileEntry]
    private var firsts: [[UInt8]: [UInt8]] = [:]

    init(_ entries: [FileEntry]) {
        let links = entries.filter { $0.kind == .hardLink }
        let targets = Set(links.map(\.linkTarget))
        files = Dictionary(entries.filter { targets.contains($0.path) }.map { ($0.path, $0) }) { first, _ in
            first
        }
        var names: [[UInt8]: [[UInt8]]] = [:]
        for link in links { names[link.linkTarget, default: [link.linkTarget]].append(link.path) }
        for group in names.values {
            guard let first = group.min(by: ByteOrder.precedes) else { continue }
            for name in group { firsts[name] = first }
        }
    }

    /// The entry with the properties: that of the file, where `entry` is a further name of it.
    func file(of entry: FileEntry) -> FileEntry {
        guard entry.kind == .hardLink, var file = files[entry.linkTarget] else { return entry }
        file.path = entry.path
        return file
    }

    /// The first of all names of the file.
    func first(of entry: FileEntry) -> [UInt8] { firsts[entry.path] ?? entry.path }
}
