import Glibc

/// Tells whether the names in a folder are the same as before, at a fraction of what reading them as texts costs.
///
/// Sums of hashes, so that the order does not matter. Two sets of names that people or programs choose have the same one
/// by an accident that nobody will see; who wants one can make it.
package struct FolderFingerprint: Sendable, Equatable {
    private var count = 0
    private var sum: UInt64 = 0
    private var mixed: UInt64 = 0

    /// The fingerprint of the folder at `path`; nil where there is nothing.
    ///
    /// Take it before the names are read. Blocks.
    package init?(of path: String) throws(SystemError) {
        guard let stream = unsafe opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("opendir", path)
        }
        defer { unsafe _ = closedir(stream) }
        errno = 0
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe add($0) }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir", path) }
    }

    private mutating func add(_ name: UnsafeRawBufferPointer) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in 0..<name.count {
            let byte = unsafe name[place]
            guard byte != 0 else { break }
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        count += 1
        sum &+= hash
        mixed &+= (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
}
