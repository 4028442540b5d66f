import Basics
import Vault

/// The own paths of an earlier backup, from which unchanged files are taken over.
struct EarlierFiles: Sendable {
    /// Sorted by path, each path once.
    let entries: [FileEntry]
    private let places: [[UInt8]: Int]

    /// - Parameter entries: sorted by path, each path once.
    init(_ entries: [FileEntry]) {
        self.entries = entries
        var places: [[UInt8]: Int] = [:]
        places.reserveCapacity(entries.count)
        for index in entries.indices { places[entries[index].path] = index }
        self.places = places
    }

    /// The index of the entry with this path; nil when there is none.
    func place(of path: [UInt8]) -> Int? { places[path] }

    /// Puts the entries at `kept`, as of `section`, and `others`, sorted by path, into one order.
    ///
    /// Where both have a path, that of `others` stays.
    func merging(kept: [Bool], section: Int, with others: [FileEntry]) -> [FileEntry] {
        var merged: [FileEntry] = []
        merged.reserveCapacity(others.count + kept.count)
        var next = 0
        for (index, isKept) in kept.enumerated() where isKept {
            let path = entries[index].path
            while next < others.count, !ByteOrder.precedes(path, others[next].path) {
                merged.append(others[next])
                next += 1
            }
            if let last = merged.last, last.path == path { continue }
            merged.append(entries[index])
            if merged[merged.count - 1].section != section { merged[merged.count - 1].section = section }
        }
        merged.append(contentsOf: others[next...])
        return merged
    }
}
