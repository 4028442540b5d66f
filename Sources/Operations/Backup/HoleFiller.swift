import Vault

/// Tells where the stored bytes of a sparse file belong.
actor HoleFiller {
    private let extents: [FileEntry.Extent]
    private var extent = 0
    private var used: Int64 = 0

    init(extents: [FileEntry.Extent]) { self.extents = extents }

    /// The next stored bytes cut by extents: the offset in the file, and the bytes.
    func place(_ bytes: [UInt8]) -> [(offset: Int64, bytes: [UInt8])] {
        var placed: [(offset: Int64, bytes: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty, extent < extents.count {
            let current = extents[extent]
            let count = Int(min(Int64(rest.count), current.length - used))
            let offset = current.offset + used
            placed.append((offset, Array(rest.prefix(count))))
            used += Int64(count)
            rest = rest.dropFirst(count)
            if used == current.length { (extent, used) = (extent + 1, 0) }
        }
        return placed
    }
}
