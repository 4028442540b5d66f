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

    /// The number of the user that what is at `path` belongs to, through links; nil when nothing is there.
    package static func owner(of path: String) throws(SystemError) -> UInt32? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("stat", path) }
            return nil
        }
        return status.st_uid
    }

    /// The number of the user that the symbolic link at `path` belongs to.
    /// - Throws: `ELOOP` for what is none, as it was one a moment ago.
    package static func linkOwner(of path: String) throws(SystemError) -> UInt32 {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw SystemError("lstat", path) }
        guard status.st_mode & S_IFMT == S_IFLNK else { throw SystemError("lstat", path, code: ELOOP) }
        return status.st_uid
    }

    /// The number of the user this process runs as.
    package static var user: UInt32 { geteuid() }

    /// Whether `path` is a program that this user may run.
    package static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    /// Whether an ordinary file is at `path` itself: no folder, pipe, socket, device or link; nil when nothing is there.
    package static func isOrdinary(_ path: String) throws(SystemError) -> Bool? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("lstat", path) }
            return nil
        }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a folder is at `path`, through links; nil when nothing is there.
    package static func isFolder(_ path: String) throws(SystemError) -> Bool? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("stat", path) }
            return nil
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// A number of the disk that holds what is at `path`, through links; nil when nothing is there.
    package static func disk(of path: String) throws(SystemError) -> UInt64? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("stat", path) }
            return nil
        }
        return UInt64(status.st_dev)
    }

    /// Whether what is at `path` lies on a disk that is mounted read-only, where even root writes nothing.
    package static func isOnReadOnlyDisk(_ path: String) -> Bool {
        unsafe access(path, W_OK) != 0 && errno == EROFS
    }
}
