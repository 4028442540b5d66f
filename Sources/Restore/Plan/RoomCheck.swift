import Basics

/// Whether a device has room for all that a plan stages there, besides what is there already.
package struct RoomCheck: Sendable {
    /// A mounted file system.
    package struct Mount: Sendable, Equatable {
        package let place: String
        /// Free bytes.
        package let bytes: Int64
        /// How many more names it takes; nil where that is not fixed.
        package let names: Int64?

        package init(place: String, bytes: Int64, names: Int64?) {
            self.place = place
            self.bytes = bytes
            self.names = names
        }
    }

    /// What should stay free of each file system, in bytes and names: services write as well.
    private static let margin: (bytes: Int64, names: Int64) = (64 << 20, 1000)
    /// Contents lie in blocks of so many bytes.
    private static let block: Int64 = 4096

    private let mounts: [[UInt8]: Mount]
    private var needs: [[UInt8]: (bytes: Int64, names: Int64)] = [:]

    package init(_ mounts: [Mount]) {
        self.mounts = Dictionary(mounts.map { (Array($0.place.utf8), $0) }) { _, last in last }
    }

    /// Nothing is known of any file system.
    package var isEmpty: Bool { mounts.isEmpty }

    /// Counts a file of `bytes` that is staged beside `path`.
    package mutating func add(_ path: [UInt8], bytes: Int64) {
        guard let place = place(of: path) else { return }
        let (blocks, rest) = max(0, bytes).quotientAndRemainder(dividingBy: Self.block)
        let (whole, isBeyond) = (blocks + (rest > 0 ? 1 : 0)).multipliedReportingOverflow(by: Self.block)
        var need = needs[place] ?? (0, 0)
        let (sum, isOver) = need.bytes.addingReportingOverflow(whole)
        need.bytes = isBeyond || isOver ? .max : sum
        need.names += 1
        needs[place] = need
    }

    /// The mount that a path, which need not be there yet, lies in.
    private func place(of path: [UInt8]) -> [UInt8]? {
        var folder = path
        while true {
            if mounts[folder] != nil { return folder }
            guard folder.count > 1 else { return nil }
            folder = SwapOperations.parent(folder)
        }
    }

    /// What is too little, and what is only little.
    package func findings() -> (conflicts: [String], warnings: [String]) {
        var (conflicts, warnings): ([String], [String]) = ([], [])
        for (place, need) in needs.sorted(by: { ByteOrder.precedes($0.key, $1.key) }) {
            guard let mount = mounts[place] else { continue }
            let bytes = "the plan brings \(ByteCount(need.bytes)) to \(mount.place)"
            if need.bytes > mount.bytes {
                conflicts.append(
                    "\(bytes), where \(ByteCount(mount.bytes)) are free: make room, or restore it in parts")
            } else if need.bytes > 0, mount.bytes - need.bytes < Self.margin.bytes {
                warnings.append("\(bytes), where \(ByteCount(mount.bytes)) are free")
            }
            guard let names = mount.names else { continue }
            let made = "the plan makes \(need.names) files and folders in \(mount.place)"
            if need.names > names {
                conflicts.append("\(made), which takes \(names) more: make room, or restore it in parts")
            } else if names - need.names < Self.margin.names, need.names > Self.margin.names / 10 {
                warnings.append("\(made), which takes \(names) more")
            }
        }
        return (conflicts, warnings)
    }
}
