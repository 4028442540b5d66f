private import CSystem

/// Finding bytes in bytes at the speed of the C library.
package enum ByteSearch {
    /// The offset from the start of `haystack` where `needle` first occurs between `start` and `end`; nil when it does
    /// not.
    ///
    /// - Parameter end: where to stop looking; nil for the end of `haystack`.
    package static func first(
        _ needle: [UInt8], in haystack: [UInt8], from start: Int = 0, to end: Int? = nil
    ) -> Int? {
        let end = min(end ?? haystack.count, haystack.count)
        guard start <= end, !needle.isEmpty else { return nil }
        return unsafe haystack.withUnsafeBytes { area in
            unsafe needle.withUnsafeBytes { pattern in
                guard let base = area.baseAddress, let wanted = pattern.baseAddress else { return nil }
                let from = unsafe base + start
                guard let hit = unsafe holdfast_memmem(from, end - start, wanted, pattern.count) else {
                    return nil
                }
                return unsafe UnsafeRawPointer(hit) - base
            }
        }
    }
}
