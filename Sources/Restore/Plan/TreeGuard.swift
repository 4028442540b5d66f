import Basics
package import Vault

/// Refuses entries of a backup that could lead a restore out of its place or would have no end, by the list as a whole.
///
/// `PathGuard` judges each name by itself. What lies below a link or a file would be written through it; a further name of
/// a file that the backup lacks would be a name of whatever is there; a file of holes takes the room of its length.
package struct TreeGuard: Sendable {
    /// Longest file that is brought back, in bytes: as much as ext4 holds in one.
    package static let sizeLimit: Int64 = 16 << 40
    /// Most attributes of one entry together, in bytes: several times what a file system takes.
    private static let attributeLimit = 1 << 20

    /// Paths below which something lies although they are no folders.
    private var barriers: Set<[UInt8]> = []
    /// Files that hard links of the list name.
    private var originals: Set<[UInt8]> = []
    private var twice: Set<[UInt8]> = []

    /// - Parameter entries: all of a backup, sorted by path.
    package init(_ entries: [FileEntry]) {
        var parents: Set<[UInt8]> = []
        var last: [UInt8] = []
        var targets: Set<[UInt8]> = []
        var previous: FileEntry?
        for entry in entries {
            if entry.path == previous?.path { twice.insert(entry.path) }
            if entry.kind == .hardLink { targets.insert(entry.linkTarget) }
            var parent = SwapOperations.parent(entry.path)
            if parent != last {
                last = parent
                while parent.count > 1, parents.insert(parent).inserted {
                    parent = SwapOperations.parent(parent)
                }
            }
            previous = entry
        }
        for entry in entries {
            if entry.kind != .folder, parents.contains(entry.path) { barriers.insert(entry.path) }
            if entry.kind == .file, !targets.isEmpty, targets.contains(entry.path) {
                originals.insert(entry.path)
            }
        }
    }

    /// Why an entry must not be brought back, as a clause; nil when nothing speaks against it.
    package func problem(_ entry: FileEntry) -> String? {
        if let reason = PathGuard.problem(entry) { return reason }
        if twice.contains(entry.path) { return "is named twice" }
        if let barrier = barrier(above: entry.path) {
            return "lies below \(DeviceText.path(barrier)), which is no folder"
        }
        if entry.kind == .hardLink, !originals.contains(entry.linkTarget) {
            return
                "is a further name of \(DeviceText.path(entry.linkTarget)), which is no file of the backup"
        }
        guard (0...Self.sizeLimit).contains(entry.size) else { return "is larger than a file can be" }
        guard entry.isComplete else { return "does not hold as much as it says" }
        let attributes = entry.attributes.reduce(0) { $0 + $1.name.count + $1.value.count }
        return attributes > Self.attributeLimit ? "has more attributes than a file can have" : nil
    }

    private func barrier(above path: [UInt8]) -> [UInt8]? {
        guard !barriers.isEmpty else { return nil }
        var parent = SwapOperations.parent(path)
        while parent.count > 1 {
            if barriers.contains(parent) { return parent }
            parent = SwapOperations.parent(parent)
        }
        return nil
    }
}

extension FileEntry {
    /// Whether it could do harm by its mere presence: a device node, or a file that runs as its owner.
    package var isSpecial: Bool {
        kind == .characterDevice || kind == .blockDevice || kind == .file && mode & 0o6000 != 0
    }
}
