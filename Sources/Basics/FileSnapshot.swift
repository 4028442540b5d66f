import Glibc

/// A regular file as it was read: its bytes, and what belongs to it.
///
/// It is what a replacement is measured against: one that finds another file than this changes nothing.
package struct FileSnapshot: Sendable {
    /// What tells whether a file is still the one that was read.
    struct Identity: Sendable, Equatable {
        let disk: UInt64
        let number: UInt64
        let size: Int64
        /// Nanoseconds since 1970.
        let modified: Int64

        init(_ status: stat) {
            disk = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
    }

    /// Where the file itself lies, links followed.
    package let path: String
    package let bytes: [UInt8]
    /// The permission bits.
    package let mode: UInt32
    /// How many names it has.
    package let links: Int
    package let owner: (user: UInt32, group: UInt32)
    package let attributes: [FileAttribute]
    let identity: Identity

    /// When its content last changed, in nanoseconds since 1970.
    package var modified: Int64 { identity.modified }

    /// Reads what is at `path`; nil when nothing is there.
    ///
    /// Blocks.
    /// - Parameters:
    ///   - limit: the largest accepted length in bytes.
    ///   - throughLinks: whether links are followed; otherwise the path is from the root and without any.
    /// - Throws: `EFBIG` above the limit, `EINVAL` for what is no regular file, `ENOENT` for a link that leads nowhere,
    ///   `ELOOP` for a link where none is followed, or where one came to be on the way while the file was looked for.
    package static func read(
        _ path: String, limit: Int = 1 << 24, throughLinks: Bool = true
    ) throws(SystemError) -> FileSnapshot? {
        guard try Folder.item(path) != nil else { return nil }
        let real = throughLinks ? try Folder.realPath(path) : path
        // Looked at before it is opened: opening a device may mean something to it.
        let folder = try HeldFolder(of: real)
        let name = AtomicFile.name(of: real)
        guard let status = try folder.status(of: name) else { throw SystemError("lstat", real, code: ENOENT) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", real, code: EINVAL) }
        return try FileSnapshot(try folder.open(name), at: real, limit: limit)
    }

    /// Why `read` failed, in words for people.
    package static func reason(_ error: SystemError, limit: Int) -> String {
        switch error.code {
        case EINVAL: "it is no ordinary file"
        case EFBIG: "it is larger than \(ByteCount(limit))"
        default: error.reason
        }
    }

    private init(_ file: borrowing OpenFile, at path: String, limit: Int) throws(SystemError) {
        var status = stat()
        guard unsafe fstat(file.rawDescriptor, &status) == 0 else { throw SystemError("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", path, code: EINVAL) }
        guard status.st_size <= limit else { throw SystemError("read", path, code: EFBIG) }
        self.path = path
        bytes = try file.read(at: 0, count: Int(status.st_size))
        mode = UInt32(status.st_mode) & 0o7777
        links = Int(status.st_nlink)
        owner = (status.st_uid, status.st_gid)
        attributes = try FileAttribute.all(of: file.rawDescriptor, path)
        identity = Identity(status)
    }

    /// Whether the file of this name has the same bytes and was not written since.
    func isStill(_ name: String, in folder: borrowing HeldFolder) throws(SystemError) -> Bool {
        guard let there = try folder.status(of: name), Identity(there) == identity else { return false }
        let file: OpenFile
        do throws(SystemError) { file = try folder.open(name) } catch {
            // A link, or nothing, has its name meanwhile.
            guard error.meansAbsence || error.meansCircle else { throw error }
            return false
        }
        var status = stat()
        guard unsafe fstat(file.rawDescriptor, &status) == 0 else { throw SystemError("fstat", path) }
        guard Identity(status) == identity else { return false }
        return try file.read(at: 0, count: bytes.count + 1) == bytes
    }
}
