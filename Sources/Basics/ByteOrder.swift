import Glibc

/// The order of byte strings, as `memcmp(3)` has it: a beginning comes before what it begins.
package enum ByteOrder {
    /// Whether `left` comes before `right`.
    package static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let order = unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                let count = min(left.count, right.count)
                guard count > 0, let first = left.baseAddress, let second = right.baseAddress
                else { return 0 as CInt }
                return unsafe memcmp(first, second, count)
            }
        }
        return order == 0 ? left.count < right.count : order < 0
    }

    /// The places of `paths` in the order in which a walk comes across them: what lies in a folder stands before what only
    /// begins with the folder's name.
    package static func inFolderOrder(_ paths: [[UInt8]]) -> [Int] {
        // No path has a zero byte, so that the slash can stand before all others as one.
        let keys = paths.map { path in path.map { $0 == UInt8(ascii: "/") ? 0 : $0 } }
        return keys.indices.sorted { precedes(keys[$0], keys[$1]) }
    }

    /// How many bytes the two have in common at their beginnings.
    package static func sharedPrefix(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let limit = min(left.count, right.count)
        var count = 0
        while count < limit, left[count] == right[count] { count += 1 }
        return count
    }
}
