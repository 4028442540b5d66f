import Basics
import Collectors
import Vault

/// The files of an earlier backup, from which unchanged ones are taken over.
struct EarlierFiles: Sendable {
    /// Sorted by path, each path once; their sections are those of the new backup.
    let entries: [FileEntry]
    /// Of files with such times, every later change shows in their times.
    private let settled: SettledTime
    /// Paths that had further names in that backup.
    private(set) lazy var linked = Set(entries.lazy.filter { $0.kind == .hardLink }.map(\.linkTarget))
    private lazy var places: [BytesKey: Int] = {
        var places: [BytesKey: Int] = [:]
        places.reserveCapacity(entries.count)
        for index in entries.indices { places[BytesKey(entries[index].path)] = index }
        return places
    }()

    /// - Parameters:
    ///   - entries: sorted by path, each path once.
    ///   - settled: tells of an entry's times whether it is good for comparison.
    init(_ entries: [FileEntry], settled: SettledTime = .none) {
        self.entries = entries
        self.settled = settled
    }

    /// Whether a change of the file since would be sure to show in its times.
    func isSettled(_ place: Int) -> Bool {
        settled.contains(entries[place].modified) && settled.contains(entries[place].changed)
    }

    /// The index of the entry with this path; nil when there is none.
    mutating func place(of path: [UInt8]) -> Int? { places[BytesKey(path)] }

    /// Puts the entries that are kept, with the sections in `kept`, and `others`, sorted by path, into one order.
    ///
    /// Where both have a path, that of `others` stays.
    /// - Parameter kept: the section of each entry that is kept, nil for the others.
    func merging(kept: [Int?], with others: [FileEntry]) -> [FileEntry] {
        let isWhole = others.isEmpty && kept.indices.allSatisfy { kept[$0] == entries[$0].section }
        if isWhole { return entries }
        var merged: [FileEntry] = []
        merged.reserveCapacity(others.count + kept.count)
        var next = 0
        for (index, section) in kept.enumerated() {
            guard let section else { continue }
            while next < others.count, !ByteOrder.precedes(entries[index].path, others[next].path) {
                merged.append(others[next])
                next += 1
            }
            if let last = merged.last, last.path == entries[index].path { continue }
            merged.append(entries[index])
            if merged[merged.count - 1].section != section { merged[merged.count - 1].section = section }
        }
        merged.append(contentsOf: others[next...])
        return merged
    }
}
