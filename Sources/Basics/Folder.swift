import CSystem
import Glibc

/// One file or folder inside a folder.
package struct FolderItem: Sendable, Equatable {
    /// Its name, without the folder.
    package let name: String
    /// In bytes; what the kernel says for folders.
    package let size: Int64
    package let isFolder: Bool
    /// When its content last changed.
    package let modified: Timestamp

    package init(name: String, size: Int64, isFolder: Bool, modified: Timestamp) {
        self.name = name
        self.size = size
        self.isFolder = isFolder
        self.modified = modified
    }
}

/// Calls on paths rather than on open files; all of them block.
package enum Folder {
    /// Makes `path` with exactly the mode `permissions`, whatever the umask says.
    ///
    /// A folder that exists stays as it is.
    /// - Returns: whether it was made.
    @discardableResult
    package static func create(_ path: String, permissions: UInt32 = 0o700) throws(SystemError) -> Bool {
        if unsafe mkdir(path, permissions) != 0 {
            guard errno == EEXIST else { throw SystemError("mkdir", path) }
            return false
        }
        guard unsafe chmod(path, permissions) == 0 else { throw SystemError("chmod", path) }
        return true
    }

    /// Makes `path` and the folders above it.
    package static func createAll(_ path: String, permissions: UInt32 = 0o700) throws(SystemError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            try create(made, permissions: permissions)
        }
    }

    /// Gives a folder that root just made to the owner of another one, so that it does not lock them out.
    package static func giveToOwner(_ path: String, of folder: String) throws(SystemError) {
        guard geteuid() == 0 else { return }
        try OpenFile(path, .read).giveToOwner(of: folder)
    }

    /// What lies in `path`, without `.` and `..`, sorted by name; links are described, not followed.
    package static func items(_ path: String) throws(SystemError) -> [FolderItem] {
        var items: [FolderItem] = []
        for name in try names(path) {
            if let item = try item(path + "/" + name, name: name) { items.append(item) }
        }
        return items.sorted { $0.name < $1.name }
    }

    /// The names in `path`, without `.` and `..`, in no order; nothing else is asked about them.
    package static func names(_ path: String) throws(SystemError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw SystemError("opendir", path) }
        return try unsafe names(in: stream, path)
    }

    /// Reads a folder that is open for that, and closes it.
    static func names(in stream: OpaquePointer, _ path: String) throws(SystemError) -> [String] {
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir", path) }
        return names
    }

    /// Describes `path`; nil when there is nothing.
    package static func item(_ path: String, name: String? = nil) throws(SystemError) -> FolderItem? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("lstat", path)
        }
        let modified =
            Timestamp(seconds: Int64(status.st_mtim.tv_sec)) + .nanoseconds(Int64(status.st_mtim.tv_nsec))
        return FolderItem(
            name: name ?? path, size: Int64(status.st_size), isFolder: status.st_mode & S_IFMT == S_IFDIR,
            modified: modified)
    }

    /// The path without links and `..`, from the root.
    /// - Throws: `ENOENT` when nothing is there, for example behind a link.
    package static func realPath(_ path: String) throws(SystemError) -> String {
        guard let found = unsafe realpath(path, nil) else { throw SystemError("realpath", path) }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// The same; nil when nothing is there, which is not the case of a path that nobody can follow.
    package static func realPathIfPresent(_ path: String) throws(SystemError) -> String? {
        do throws(SystemError) { return try realPath(path) } catch  where error.meansAbsence { return nil }
    }

    /// What the symbolic link at `path` says.
    /// - Throws: `EINVAL` for what is no link.
    package static func linkTarget(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("readlink", path) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives a file another name, replacing what has that name, in one step.
    package static func rename(_ old: String, to new: String) throws(SystemError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw SystemError("rename", old) }
    }

    /// Gives a file a name that nothing has; where a disk knows no hard links, that is looked at just before.
    /// - Throws: `EEXIST` where something has it.
    package static func rename(_ old: String, toFree new: String) throws(SystemError) {
        if unsafe link(old, new) == 0 {
            try removeFile(old)
            return
        }
        guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { throw SystemError("link", new) }
        guard try item(new) == nil else { throw SystemError("link", new, code: EEXIST) }
        try rename(old, to: new)
    }

    /// Removes a file.
    /// - Returns: false when there was none.
    @discardableResult
    package static func removeFile(_ path: String) throws(SystemError) -> Bool {
        if unsafe unlink(path) == 0 { return true }
        guard errno == ENOENT else { throw SystemError("unlink", path) }
        return false
    }

    /// How many bytes this user may still write to the disk that holds the folder `path`.
    package static func freeSpace(_ path: String) throws(SystemError) -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw SystemError("statvfs", path) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// The nearest folder above `path` that is there, as far as can be told; at last the root.
    package static func nearest(above path: String) -> String {
        var folder = AtomicFile.folder(of: path)
        while folder.count > 1, (try? FileStatus.isFolder(folder)) != true {
            folder = AtomicFile.folder(of: folder)
        }
        return folder
    }

    /// Whose the nearest folder above `path` is; nil where that cannot be told.
    package static func owner(above path: String) -> (user: UInt32, group: UInt32)? {
        var status = stat()
        return unsafe stat(nearest(above: path), &status) == 0 ? (status.st_uid, status.st_gid) : nil
    }

    /// Finds out whether the folder `path` takes files of this account, without making one.
    package static func checkWritable(_ path: String) throws(SystemError) {
        guard unsafe access(path, W_OK | X_OK) == 0 else { throw SystemError("write", path) }
    }

    /// Finds out whether the folder `path` takes a small file, by writing one and removing it.
    package static func tryWriting(in path: String) throws(SystemError) {
        let name = "\(path)/.holdfast-\(UInt32.random(in: .min ... .max)).tmp"
        do throws(SystemError) {
            let file = try OpenFile(name, .create)
            try file.write([UInt8](repeating: 0, count: 4096))
            try file.sync()
        } catch {
            // The first failure is the one to tell.
            _ = try? removeFile(name)
            throw error
        }
        try removeFile(name)
    }

    /// Returns when the names in the folder `path` are on the disk.
    package static func sync(_ path: String) throws(SystemError) {
        let descriptor = unsafe holdfast_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
    }
}
