import CSystem
import Glibc

/// Reading of small text files, and finding of files by pattern.
package enum SmallFile {
    /// The largest file that is read, in bytes.
    package static let largest = 1 << 20

    /// The file's text; bytes that are no UTF-8 are replaced.
    ///
    /// - Throws: also `EFBIG` for more than `largest`, and `EINVAL` for what is no regular file.
    package static func text(at path: String) throws(SystemError) -> String {
        let descriptor = unsafe holdfast_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("open", path, code: EINVAL)
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while content.count <= largest {
            let count = unsafe read(descriptor, &buffer, 65_536)
            if count == 0 { return String(decoding: content, as: UTF8.self) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemError("read", path)
            }
            content += buffer.prefix(count)
        }
        throw SystemError("read", path, code: EFBIG)
    }

    /// Paths that match a shell pattern, sorted; none when nothing matches.
    package static func paths(matching pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }
}
