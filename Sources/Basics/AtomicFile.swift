import Glibc

/// Files that are either the old ones or the new ones, whatever happens in between.
package enum AtomicFile {
    /// Replaces the content of `path`: a temporary file beside it, fsync, rename, fsync of the folder.
    ///
    /// Blocks. A failure leaves the old file as it was.
    package static func write(
        _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o600
    ) throws(SystemError) {
        let temporary = path + ".\(UInt32.random(in: .min ... .max)).tmp"
        do throws(SystemError) {
            try writeSynced(bytes, to: temporary, permissions: permissions)
            try Folder.rename(temporary, to: path)
        } catch {
            // The first failure is the one to tell; a left temporary file harms nothing.
            _ = try? Folder.removeFile(temporary)
            throw error
        }
        try Folder.sync(folder(of: path))
    }

    /// The whole content of `path`; nil when there is no such file.
    ///
    /// Blocks.
    /// - Parameter limit: the largest accepted length in bytes.
    /// - Throws: `SystemError` with `EFBIG` above the limit, and with `ENXIO` for what is no ordinary file, as whoever
    ///   writes into a pipe may never come.
    package static func read(_ path: String, limit: Int = 1 << 26) throws(SystemError) -> [UInt8]? {
        guard try Folder.item(path) != nil else { return nil }
        let file = try OpenFile(path, .probe)
        guard try file.isOrdinary() else { throw SystemError("read", path, code: ENXIO) }
        let size = try file.size()
        guard size <= Int64(limit) else { throw SystemError("read", path, code: EFBIG) }
        return try file.read(at: 0, count: Int(size))
    }

    private static func writeSynced(
        _ bytes: [UInt8], to path: String, permissions: UInt32
    ) throws(SystemError) {
        let file = try OpenFile(path, .create, permissions: permissions)
        try file.write(bytes)
        try file.sync()
    }

    /// What follows the last slash of `path`.
    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The folder that holds `path`.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
