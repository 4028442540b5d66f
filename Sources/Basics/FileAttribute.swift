private import CSystem
import Glibc

/// An extended attribute of a file; access lists are such attributes too.
package struct FileAttribute: Sendable, Equatable {
    let name: [CChar]
    package let value: [UInt8]

    /// Its name, without the byte that ends it for the kernel.
    package var nameBytes: [UInt8] { name.dropLast().map { UInt8(bitPattern: $0) } }

    /// Whether it is a label of the system’s, which gives one to new files by itself.
    package var isLabel: Bool { nameBytes.starts(with: "security.".utf8) }

    /// - Parameter nameBytes: without the byte that ends a name for the kernel.
    package init(nameBytes: [UInt8], value: [UInt8]) {
        name = nameBytes.map { CChar(bitPattern: $0) } + [0]
        self.value = value
    }

    init(name: [CChar], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// All that a file has; none where its disk has no such thing.
    static func all(of file: Int32, _ path: String) throws(SystemError) -> [FileAttribute] {
        let length = flistxattr(file, nil, 0)
        if length < 0, errno == ENOTSUP { return [] }
        guard length >= 0 else { throw SystemError("listxattr", path) }
        var names = [CChar](repeating: 0, count: length)
        let used = unsafe flistxattr(file, &names, length)
        guard used >= 0 else { throw SystemError("listxattr", path) }
        var found: [FileAttribute] = []
        for name in names.prefix(used).split(separator: 0).map({ Array($0) + [0] }) {
            let size = unsafe fgetxattr(file, name, nil, 0)
            guard size >= 0 else { throw SystemError("getxattr", path) }
            var value = [UInt8](repeating: 0, count: size)
            guard unsafe fgetxattr(file, name, &value, size) == size else {
                throw SystemError("getxattr", path)
            }
            found.append(FileAttribute(name: name, value: value))
        }
        return found
    }

    /// Takes an access list away that a new file got from its folder: who may read it is said by whoever makes it.
    static func dropInherited(of file: Int32, _ path: String) throws(SystemError) {
        guard unsafe fremovexattr(file, "system.posix_acl_access") != 0 else { return }
        guard [ENODATA, ENOTSUP, ENOSYS, EINVAL].contains(errno) else {
            throw SystemError("removexattr", path)
        }
    }

    /// Gives it to another file, unless that has it already, as labels that the system sets by itself.
    func set(on file: Int32, _ path: String) throws(SystemError) {
        var present = [UInt8](repeating: 0, count: value.count + 1)
        let size = unsafe fgetxattr(file, name, &present, present.count)
        if size == value.count, present.prefix(value.count).elementsEqual(value) { return }
        guard unsafe fsetxattr(file, name, value, value.count, 0) == 0 else {
            throw SystemError("setxattr", path)
        }
    }
}
