/// Divides sorted entries into segments at places that depend on the paths alone.
///
/// A file that appears, changes or goes therefore costs the segment it lies in and leaves the others as they are.
enum TreeSplitter {
    /// One path in so many begins a segment.
    static let average: UInt64 = 128
    /// No segment is longer, whatever the paths are.
    static let limit = 2048

    /// The segments of `entries`, in order.
    static func split(_ entries: [FileEntry]) -> [ArraySlice<FileEntry>] {
        var segments: [ArraySlice<FileEntry>] = []
        var start = 0
        for index in entries.indices.dropFirst() {
            if index - start >= limit || begins(entries[index].path) {
                segments.append(entries[start..<index])
                start = index
            }
        }
        if start < entries.count { segments.append(entries[start...]) }
        return segments
    }

    /// Whether an entry of this path begins a segment: FNV-1a of the path, mixed once more, modulo `average`.
    ///
    /// FNV-1a alone leaves neighbours such as `/etc/a1` and `/etc/a2` too much alike.
    private static func begins(_ path: [UInt8]) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        return hash >> 33 % average == 0
    }
}
