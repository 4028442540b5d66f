import Basics
import Glibc

/// A new empty folder that is removed, with all in it, when the last reference goes.
package final class ScratchFolder: Sendable {
    /// Its absolute path.
    package let path: String

    package init() throws {
        var template = Array("/tmp/holdfast-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? Shell.run("chmod -R u+rwX '\(path)' 2>/dev/null; rm -rf --one-file-system '\(path)'") }

    /// Writes `bytes` into the file `name` of the folder.
    package func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = unsafe fopen("\(path)/\(name)", "w") else { throw SystemError("fopen", name) }
        defer { unsafe fclose(file) }
        guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw SystemError("fwrite", name)
        }
    }
}
