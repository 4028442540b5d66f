import Basics
package import Vault

/// Refuses names that could lead a restore out of the place it was meant for.
package enum PathGuard {
    /// Longest path and longest name that a Linux file system takes, in bytes.
    private static let pathLimit = 4095
    private static let nameLimit = 255

    /// Why an entry must not be restored, as a clause; nil when nothing speaks against it.
    package static func problem(_ entry: FileEntry) -> String? {
        if let reason = problem(path: entry.path) { return reason }
        if entry.kind == .hardLink, let reason = problem(path: entry.linkTarget) {
            return "is a further name of a file that \(reason)"
        }
        if entry.linkTarget.contains(0) { return "points to a name with a NUL" }
        return nil
    }

    /// Why a path must not be written to; nil when nothing speaks against it.
    package static func problem(path: [UInt8]) -> String? {
        guard path.first == UInt8(ascii: "/"), path.count > 1 else { return "is no absolute path below /" }
        guard path.count <= pathLimit else { return "is longer than a path can be" }
        guard !path.contains(0) else { return "holds a NUL" }
        for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty { return "holds an empty name" }
            if part.elementsEqual([0x2E]) || part.elementsEqual([0x2E, 0x2E]) { return "holds ‘.’ or ‘..’" }
            if part.count > nameLimit { return "holds a name longer than a file system takes" }
        }
        return nil
    }
}
