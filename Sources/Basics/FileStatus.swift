import Glibc

/// Looking at a file without opening it.
package enum FileStatus {
    /// Permission bits of what is at `path`, through links; nil when nothing is there.
    package static func permissions(of path: String) throws(SystemError) -> UInt32? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("stat", path) }
            return nil
        }
        return UInt32(status.st_mode) & 0o7777
    }
}
