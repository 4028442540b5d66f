private import CSystem
import Glibc

/// Writes files and folders below one folder and never outside of it, whatever their names are.
///
/// Each path is walked component by component without following links, so that a link written earlier, or put there by
/// somebody else, cannot lead out. Blocks; belongs on a queue of its own.
/// - SeeAlso: openat(2), `O_NOFOLLOW`.
package struct TreeWriter: ~Copyable {
    /// Owner, mode, times and attributes to set on something written.
    package struct Metadata: Sendable {
        package var mode: UInt32
        /// Owner and group by number; nil leaves both as they are.
        package var owner: (user: UInt32, group: UInt32)?
        /// Nanoseconds since 1970, UTC.
        package var modified: Int64
        /// Extended attributes by full name.
        package var attributes: [(name: [UInt8], value: [UInt8])]

        package init(
            mode: UInt32, owner: (user: UInt32, group: UInt32)?, modified: Int64,
            attributes: [(name: [UInt8], value: [UInt8])] = []
        ) {
            self.mode = mode
            self.owner = owner
            self.modified = modified
            self.attributes = attributes
        }
    }

    private let root: Int32
    private let path: String
    /// The folder of the file before, which most often is that of the next one as well.
    private var last: (components: [[UInt8]], folder: Int32)?

    /// - Parameter path: an existing folder.
    package init(_ path: String) throws(SystemError) {
        let descriptor = unsafe holdfast_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        root = descriptor
        self.path = path
    }

    deinit {
        close(root)
        if let last { close(last.folder) }
    }

    /// Makes the folder at `components`, and those above it, with mode 0700; one that is there stays.
    package borrowing func makeFolder(_ components: [[UInt8]]) throws(SystemError) {
        close(try descend(components[...], creating: true))
    }

    /// A new file that is being written; closes itself.
    package final class File: Sendable {
        private let descriptor: Int32
        private let shown: String

        fileprivate init(_ descriptor: Int32, _ shown: String) {
            self.descriptor = descriptor
            self.shown = shown
        }

        deinit { close(descriptor) }

        /// Writes `bytes` at `offset`; what is between stays a hole.
        package func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
            var done = 0
            while done < bytes.count {
                let written = unsafe bytes.withUnsafeBytes { area in
                    unsafe pwrite(
                        descriptor, area.baseAddress.map { unsafe $0 + done }, bytes.count - done,
                        off_t(offset) + done)
                }
                guard written > 0 || errno == EINTR else { throw SystemError("write", shown) }
                done += max(0, written)
            }
        }

        /// Sets length, owner, mode, attributes and times, in the order in which one does not undo the other.
        package func finish(size: Int64, metadata: Metadata) throws(SystemError) {
            guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemError("ftruncate", shown) }
            try TreeWriter.apply(metadata, to: descriptor, shown)
        }
    }

    /// Makes a new file with mode 0600; nothing may be there yet.
    package mutating func createFile(_ components: [[UInt8]]) throws(SystemError) -> File {
        let (folder, name) = try parent(of: components)
        let shown = Self.shown(components)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = unsafe name.withUnsafeBufferPointer {
            unsafe holdfast_openat(folder, $0.baseAddress, flags, 0o600)
        }
        guard file >= 0 else { throw SystemError("open", shown) }
        return File(file, shown)
    }

    /// Removes a file that was written before.
    package mutating func removeFile(_ components: [[UInt8]]) throws(SystemError) {
        let (folder, name) = try parent(of: components)
        guard unsafe unlinkat(folder, name, 0) == 0 else {
            throw SystemError("unlink", Self.shown(components))
        }
    }

    /// Makes a symbolic link; nothing may be there yet.
    package mutating func makeLink(
        _ components: [[UInt8]], target: [UInt8], owner: (user: UInt32, group: UInt32)?, modified: Int64
    ) throws(SystemError) {
        let (folder, name) = try parent(of: components)
        let shown = Self.shown(components)
        let text = target.map(CChar.init(bitPattern:)) + [0]
        guard unsafe symlinkat(text, folder, name) == 0 else { throw SystemError("symlink", shown) }
        if let owner {
            guard unsafe fchownat(folder, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw SystemError("chown", shown)
            }
        }
        try Self.setTime(modified, of: name, in: folder, shown)
    }

    /// Makes another name for a file written before.
    package mutating func makeHardLink(_ components: [[UInt8]], to original: [[UInt8]]) throws(SystemError) {
        let (folder, name) = try parent(of: components)
        guard let oldName = original.last.map(Self.terminated) else {
            throw SystemError("link", path, code: EINVAL)
        }
        let oldFolder = try descend(original.dropLast(), creating: false)
        defer { close(oldFolder) }
        guard unsafe linkat(oldFolder, oldName, folder, name, 0) == 0 else {
            throw SystemError("link", Self.shown(components))
        }
    }

    /// Makes a pipe.
    package mutating func makePipe(
        _ components: [[UInt8]], mode: UInt32, owner: (user: UInt32, group: UInt32)?, modified: Int64
    ) throws(SystemError) {
        let (folder, name) = try parent(of: components)
        guard unsafe mkfifoat(folder, name, mode & 0o777) == 0 else {
            throw SystemError("mkfifo", Self.shown(components))
        }
        if let owner {
            guard unsafe fchownat(folder, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw SystemError("chown", Self.shown(components))
            }
        }
        // mkfifo leaves out what the process's umask says.
        guard unsafe fchmodat(folder, name, mode & 0o777, 0) == 0 else {
            throw SystemError("chmod", Self.shown(components))
        }
        try Self.setTime(modified, of: name, in: folder, Self.shown(components))
    }

    /// Sets what belongs to a folder; do it last, when nothing more is written into it.
    package borrowing func finishFolder(_ components: [[UInt8]], metadata: Metadata) throws(SystemError) {
        let folder = try descend(components[...], creating: false)
        defer { close(folder) }
        try Self.apply(metadata, to: folder, Self.shown(components))
    }

    fileprivate static func apply(_ metadata: Metadata, to file: Int32, _ shown: String) throws(SystemError) {
        if let owner = metadata.owner {
            guard fchown(file, owner.user, owner.group) == 0 else { throw SystemError("chown", shown) }
        }
        for attribute in metadata.attributes {
            let name = attribute.name.map(CChar.init(bitPattern:)) + [0]
            guard unsafe fsetxattr(file, name, attribute.value, attribute.value.count, 0) == 0 else {
                throw SystemError("setxattr", shown)
            }
        }
        guard fchmod(file, metadata.mode & 0o7777) == 0 else { throw SystemError("chmod", shown) }
        let time = Self.time(metadata.modified)
        guard unsafe futimens(file, [time, time]) == 0 else { throw SystemError("utimens", shown) }
    }

    private static func time(_ instant: Int64) -> timespec {
        let seconds = Timestamp(nanoseconds: instant).seconds
        let rest = instant % 1_000_000_000
        return timespec(tv_sec: Int(seconds), tv_nsec: Int(rest < 0 ? rest + 1_000_000_000 : rest))
    }

    /// Sets the time of a link itself, or of a special file that must not be opened.
    private static func setTime(
        _ modified: Int64, of name: [CChar], in folder: Int32, _ shown: String
    ) throws(SystemError) {
        let time = time(modified)
        guard unsafe utimensat(folder, name, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("utimens", shown)
        }
    }

    /// The folder in which a path's last name lies, open until the next call, and that name.
    private mutating func parent(of components: [[UInt8]]) throws(SystemError) -> (
        folder: Int32, name: [CChar]
    ) {
        guard let name = components.last else { throw SystemError("open", path, code: EINVAL) }
        let above = components.dropLast()
        if let last, last.components[...] == above { return (last.folder, Self.terminated(name)) }
        let folder = try descend(above, creating: true)
        if let last { close(last.folder) }
        last = (Array(above), folder)
        return (folder, Self.terminated(name))
    }

    private static func terminated(_ name: [UInt8]) -> [CChar] { name.map(CChar.init(bitPattern:)) + [0] }

    private borrowing func descend(_ components: ArraySlice<[UInt8]>, creating: Bool) throws(SystemError)
        -> Int32
    {
        var current = unsafe holdfast_openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard current >= 0 else { throw SystemError("open", path) }
        for component in components {
            let isPlain =
                !component.isEmpty && component != [0x2E] && component != [0x2E, 0x2E]
                && !component.contains(0) && !component.contains(0x2F)
            let name = Self.terminated(component)
            var next: Int32 = -1
            var code = EINVAL
            if isPlain {
                if creating { _ = unsafe mkdirat(current, name, 0o700) }
                let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                next = unsafe name.withUnsafeBufferPointer {
                    unsafe holdfast_openat(current, $0.baseAddress, flags, 0)
                }
                code = errno
            }
            close(current)
            guard next >= 0 else { throw SystemError("open", Self.shown(Array(components)), code: code) }
            current = next
        }
        return current
    }

    private static func shown(_ components: [[UInt8]]) -> String {
        DeviceText.path(Array(components.joined(separator: [0x2F])))
    }
}
