import CSystem
import Glibc

/// An open file: closes itself when it goes out of scope.
///
/// All calls block; they belong on a queue of their own, not on the cooperative pool.
package struct OpenFile: ~Copyable {
    /// How a file is opened.
    package enum Mode: Sendable {
        case read
        /// For reading, without waiting for whoever is at the other end of a pipe.
        case probe
        /// For reading and writing, made when missing.
        case update
        /// For writing over what is there, from the start; an error when it is missing or a link.
        case overwrite
        /// For appending; made new, an error when there is one already.
        case create
    }

    /// The path it was opened by, for messages.
    package let path: String
    private let descriptor: Int32

    /// Opens `path`; a file that is made gets exactly the mode `permissions`, whatever the umask says.
    package init(_ path: String, _ mode: Mode, permissions: UInt32 = 0o600) throws(SystemError) {
        self.descriptor = try Self.open(path, mode, permissions)
        self.path = path
    }

    /// Opens the item `name` of an open folder.
    /// - Parameters:
    ///   - path: its path, for messages.
    ///   - permissions: exactly those of a file that is made.
    init(
        in folder: Int32, _ name: String, _ flags: Int32, as path: String, permissions: UInt32? = nil
    ) throws(SystemError) {
        descriptor = unsafe holdfast_openat(folder, name, flags | O_CLOEXEC, permissions ?? 0)
        self.path = path
        guard descriptor >= 0 else { throw SystemError("open", path) }
        if let permissions, fchmod(descriptor, permissions) != 0 { throw SystemError("fchmod", path) }
    }

    private static func open(_ path: String, _ mode: Mode, _ permissions: UInt32) throws(SystemError) -> Int32
    {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .probe: O_RDONLY | O_NONBLOCK | O_NOCTTY
            case .update: O_RDWR | O_CREAT
            case .overwrite: O_WRONLY | O_NOFOLLOW
            case .create: O_WRONLY | O_CREAT | O_EXCL | O_APPEND
            }
        let descriptor = unsafe holdfast_open(path, flags | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        guard [.read, .probe, .overwrite].contains(mode) || fchmod(descriptor, permissions) == 0 else {
            let error = SystemError("fchmod", path)
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    deinit { Glibc.close(descriptor) }

    /// The descriptor, for calls that only look at it; it must not be closed.
    package var rawDescriptor: Int32 { descriptor }

    /// Gives what root just made to the owner of `folder`, so that it does not lock them out.
    ///
    /// What has other names, is reached through a link, or is somebody's already is left alone.
    package func giveToOwner(of folder: String) throws(SystemError) {
        guard geteuid() == 0 else { return }
        var (own, there, above) = (stat(), stat(), stat())
        guard unsafe fstat(descriptor, &own) == 0 else { throw SystemError("fstat", path) }
        guard unsafe lstat(path, &there) == 0 else { throw SystemError("lstat", path) }
        guard unsafe stat(folder, &above) == 0 else { throw SystemError("stat", folder) }
        let isFolder = own.st_mode & S_IFMT == S_IFDIR
        guard own.st_uid == 0, above.st_uid != 0, isFolder || own.st_nlink == 1, own.st_ino == there.st_ino,
            own.st_dev == there.st_dev
        else { return }
        guard fchown(descriptor, above.st_uid, above.st_gid) == 0 else { throw SystemError("chown", path) }
    }

    /// Whether it is an ordinary file: no folder, pipe, socket or device.
    package func isOrdinary() throws(SystemError) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError("fstat", path) }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Its length in bytes.
    package func size() throws(SystemError) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError("fstat", path) }
        return Int64(status.st_size)
    }

    /// Writes all of `bytes` at the current position.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("write", path)
            }
            done += count
        }
    }

    /// The `count` bytes that begin at `offset`; fewer where the file ends before.
    package func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            while used < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + used }, count - used,
                    off_t(offset) + used)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = SystemError("read", path) }
                if got <= 0 { return }
                used += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Where data begins at or after `offset`; nil when only a hole follows.
    ///
    /// Moves the place where the next write goes. A file system without holes calls everything data.
    package func nextData(from offset: Int64) throws(SystemError) -> Int64? {
        let found = holdfast_next_data(descriptor, off_t(offset))
        if found >= 0 { return Int64(found) }
        guard errno == ENXIO else { throw SystemError("lseek", path) }
        return nil
    }

    /// Cuts the file to `size` bytes and moves to its start.
    package func truncate(to size: Int64 = 0) throws(SystemError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemError("ftruncate", path) }
        guard lseek(descriptor, 0, SEEK_SET) >= 0 else { throw SystemError("lseek", path) }
    }

    /// Has what was written go to the disk, without waiting for it: the first of several files to be synced then waits for
    /// all of them, the others hardly at all.
    package func startSync() { holdfast_start_writing(descriptor) }

    /// Returns when content and length are on the disk.
    package func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
    }

    /// Takes the exclusive lock that the kernel releases when this file is closed, also by a death of the process.
    ///
    /// Does not wait.
    /// - Returns: false when somebody else holds it.
    package func tryLock() throws(SystemError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw SystemError("flock", path) }
        return false
    }
}
