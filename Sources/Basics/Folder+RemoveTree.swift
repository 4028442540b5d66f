import CSystem
import Glibc

extension Folder {
    /// Deepest nesting that is removed, in folders.
    private static let depthLimit = 4096

    /// Removes the folder `path` with all below it, whatever the names are; links are removed, not followed.
    ///
    /// Works relative to open folders, so that no name and no length leads elsewhere. A folder that is not there is none
    /// to remove.
    package static func removeTree(_ path: String) throws(SystemError) {
        let descriptor = unsafe holdfast_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw SystemError("open", path)
        }
        try empty(descriptor, path, depth: 0)
        guard unsafe rmdir(path) == 0 else { throw SystemError("rmdir", path) }
    }

    /// Removes what is in an open folder, and closes it.
    private static func empty(_ descriptor: Int32, _ shown: String, depth: Int) throws(SystemError) {
        guard depth < depthLimit else {
            close(descriptor)
            throw SystemError("open", shown, code: ELOOP)
        }
        // Whoever may not write into a folder of theirs may still allow it to themselves.
        _ = fchmod(descriptor, 0o700)
        guard let stream = unsafe fdopendir(descriptor) else {
            let error = SystemError("opendir", shown)
            close(descriptor)
            throw error
        }
        defer { unsafe _ = closedir(stream) }
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe bytes.prefix { $0 != 0 }.map(CChar.init(bitPattern:)) + [0]
            }
            if name != [0x2E, 0], name != [0x2E, 0x2E, 0] {
                try remove(name, from: descriptor, shown, depth: depth)
            }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("readdir", shown) }
    }

    private static func remove(
        _ name: [CChar], from folder: Int32, _ shown: String, depth: Int
    ) throws(SystemError) {
        let below = shown + "/" + DeviceText.path(name.dropLast().map(UInt8.init(bitPattern:)))
        if unsafe unlinkat(folder, name, 0) == 0 { return }
        guard errno == EISDIR || errno == EPERM else { throw SystemError("unlink", below) }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        func open() -> Int32 {
            unsafe name.withUnsafeBufferPointer { unsafe holdfast_openat(folder, $0.baseAddress, flags, 0) }
        }
        var next = open()
        if next < 0, errno == EACCES, unsafe fchmodat(folder, name, 0o700, 0) == 0 { next = open() }
        guard next >= 0 else { throw SystemError("open", below) }
        try empty(next, below, depth: depth + 1)
        guard unsafe unlinkat(folder, name, AT_REMOVEDIR) == 0 else { throw SystemError("rmdir", below) }
    }
}
