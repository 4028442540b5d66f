import Glibc

/// Room on a file system.
package enum FreeSpace {
    /// Bytes that this user may still write where `path` lies.
    package static func bytes(at path: String) throws(SystemError) -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw SystemError("statvfs", path) }
        let (bytes, isBeyond) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return isBeyond ? .max : Int64(clamping: bytes)
    }
}
