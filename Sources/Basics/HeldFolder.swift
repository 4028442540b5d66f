private import CSystem
import Glibc

/// A folder that was reached without following a link and stays open: whoever swaps a folder above it for a link to
/// another place meanwhile changes nothing about where files go.
///
/// Blocks.
/// - SeeAlso: path_resolution(7), openat(2)
package struct HeldFolder: ~Copyable {
    /// The path by which it was reached.
    package let path: String
    private let descriptor: Int32

    /// Opens the folder at `path`.
    /// - Parameter path: from the root, without links and `..`.
    /// - Throws: `ELOOP` where a link is on the way.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Self.walk(path) { (_, _) throws(SystemError) in false }
    }

    /// Opens the folder at `path`, and makes it and those above it where they are missing.
    /// - Parameters:
    ///   - permissions: of those that are made, whatever the umask says.
    ///   - owner: whose those become that are made, where this account may say so.
    /// - Throws: `ELOOP` where a link is on the way.
    package init(
        making path: String, permissions: UInt32 = 0o700, owner: (user: UInt32, group: UInt32)?
    ) throws(SystemError) {
        self.path = path
        descriptor = try Self.walk(path) { (above, name) throws(SystemError) in
            guard unsafe mkdirat(above, name, permissions) == 0 else {
                guard errno == EEXIST else { throw SystemError("mkdir", path) }
                return true
            }
            let made = unsafe holdfast_openat(above, name, O_RDONLY | Self.flags, 0)
            guard made >= 0 else { throw SystemError("open", path) }
            defer { close(made) }
            guard fchmod(made, permissions) == 0 else { throw SystemError("chmod", path) }
            if let owner, geteuid() == 0, fchown(made, owner.user, owner.group) != 0 {
                throw SystemError("chown", path)
            }
            return true
        }
    }

    /// Opens the folder that holds `path`.
    package init(of path: String) throws(SystemError) { try self.init(AtomicFile.folder(of: path)) }

    deinit { close(descriptor) }

    private static let flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// - Parameter missing: makes what is missing, and says whether it is there then.
    private static func walk(
        _ path: String, missing: (_ above: Int32, _ name: String) throws(SystemError) -> Bool
    ) throws(SystemError) -> Int32 {
        // Who may pass through a folder need not be allowed to read it.
        let flags = holdfast_path_only() | flags
        var current = unsafe holdfast_open(path.hasPrefix("/") ? "/" : ".", flags, 0)
        guard current >= 0 else { throw SystemError("open", path) }
        for part in path.split(separator: "/") {
            let name = String(part)
            var next = unsafe holdfast_openat(current, name, flags, 0)
            do throws(SystemError) {
                if next < 0, errno == ENOENT, try missing(current, name) {
                    next = unsafe holdfast_openat(current, name, flags, 0)
                }
                guard next >= 0 else { throw failure(current, name, path) }
            } catch {
                close(current)
                throw error
            }
            close(current)
            current = next
        }
        return current
    }

    /// Why the folder `name` could not be opened; a link is told as one.
    private static func failure(_ above: Int32, _ name: String, _ path: String) -> SystemError {
        let code = errno
        var status = stat()
        let isLink =
            unsafe fstatat(above, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && status.st_mode & S_IFMT == S_IFLNK
        return SystemError("open", path, code: isLink ? ELOOP : code)
    }

    private func full(_ name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

    /// Makes a file that only this account may read; an error where something has the name.
    package func create(_ name: String) throws(SystemError) -> OpenFile {
        try OpenFile(
            in: descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, as: full(name), permissions: 0o600)
    }

    /// Opens a file for reading, without waiting for whoever is at the other end of a pipe.
    /// - Throws: `ELOOP` for a link.
    package func open(_ name: String) throws(SystemError) -> OpenFile {
        try OpenFile(in: descriptor, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, as: full(name))
    }

    /// What is said of the item itself; nil where there is none.
    func status(of name: String) throws(SystemError) -> stat? {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw SystemError("lstat", full(name)) }
            return nil
        }
        return status
    }

    /// Gives each of two items the name of the other, in one step.
    package func exchange(_ one: String, _ other: String) throws(SystemError) {
        guard unsafe holdfast_exchange_at(descriptor, one, other) == 0 else {
            throw SystemError("rename", full(other))
        }
    }

    /// Gives an item another name, replacing what has that name, in one step.
    func rename(_ old: String, to new: String) throws(SystemError) {
        guard unsafe renameat(descriptor, old, descriptor, new) == 0 else {
            throw SystemError("rename", full(old))
        }
    }

    /// Gives a file a second name.
    /// - Throws: `EEXIST` where something has it.
    func link(_ old: String, to new: String) throws(SystemError) {
        guard unsafe linkat(descriptor, old, descriptor, new, 0) == 0 else {
            throw SystemError("link", full(new))
        }
    }

    /// Removes a file or a link; nothing where there is none.
    package func remove(_ name: String) throws(SystemError) {
        guard unsafe unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw SystemError("unlink", full(name))
        }
    }

    /// Makes a symbolic link, which belongs to whom the folder belongs, where this account is root.
    /// - Throws: `EEXIST` where something is there.
    package func makeLink(_ name: String, to target: String) throws(SystemError) {
        guard unsafe symlinkat(target, descriptor, name) == 0 else {
            throw SystemError("symlink", full(name))
        }
        var status = stat()
        guard geteuid() == 0 else { return }
        guard unsafe fstat(descriptor, &status) == 0,
            unsafe fchownat(descriptor, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == 0
        else {
            let error = SystemError("lchown", full(name))
            _ = try? remove(name)
            throw error
        }
    }

    /// Puts another symbolic link in the place of the one of this name, in one step.
    package func replaceLink(_ name: String, with target: String) throws(SystemError) {
        let temporary = ".\(Base32.randomName()).tmp"
        try makeLink(temporary, to: target)
        do { try rename(temporary, to: name) } catch {
            _ = try? remove(temporary)
            throw error
        }
    }

    /// What the symbolic link of this name says.
    /// - Throws: `EINVAL` for what is no link.
    package func linkTarget(_ name: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlinkat(descriptor, name, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("readlink", full(name)) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in it, without `.` and `..`, in no order.
    func names() throws(SystemError) -> [String] {
        let file = unsafe holdfast_openat(descriptor, ".", O_RDONLY | Self.flags, 0)
        guard file >= 0 else { throw SystemError("open", path) }
        guard let stream = unsafe fdopendir(file) else {
            let error = SystemError("opendir", path)
            close(file)
            throw error
        }
        return try unsafe Folder.names(in: stream, path)
    }

    /// Returns when the names in it are on the disk.
    package func sync() throws(SystemError) {
        let file = unsafe holdfast_openat(descriptor, ".", O_RDONLY | Self.flags, 0)
        guard file >= 0 else {
            guard errno == EACCES else { throw SystemError("open", path) }
            // Who may write into a folder need not be allowed to read it: then all that waits goes to the disk.
            Glibc.sync()
            return
        }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SystemError("fsync", path) }
    }
}
