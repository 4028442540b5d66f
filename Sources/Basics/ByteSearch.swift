private import CSystem

/// Finding bytes in bytes at the speed of the C library.
package enum ByteSearch {
    /// The offset from the start of `haystack` where `needle` first occurs at or after `start`; nil when it does not.
    package static func first(_ needle: [UInt8], in haystack: [UInt8], from start: Int = 0) -> Int? {
        guard start <= haystack.count, !needle.isEmpty else { return nil }
        return unsafe haystack.withUnsafeBytes { area in
            unsafe needle.withUnsafeBytes { pattern in
                guard let base = area.baseAddress, let wanted = pattern.baseAddress else { return nil }
                let from = unsafe base + start
                guard let hit = unsafe holdfast_memmem(from, area.count - start, wanted, pattern.count) else {
                    return nil
                }
                return unsafe UnsafeRawPointer(hit) - base
            }
        }
    }
}
