import Glibc

extension ProcessEnvironment {
    /// All variables of the process; of one given twice, the first.
    package static var all: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, variables[String(parts[0])] == nil {
                variables[String(parts[0])] = String(parts[1])
            }
            unsafe entry += 1
        }
        return variables
    }

    /// The folder the process runs in; `/` when it is gone.
    package static var currentFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the process may change owners.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The name of the account the process runs as; nil where the system knows none.
    ///
    /// It is looked up once: the system reads several files for it.
    package static let accountName: String? = {
        guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else {
            return nil
        }
        return unsafe String(cString: name)
    }()

    /// The name of that account, else its number.
    package static var userName: String { accountName ?? String(getuid()) }
}
