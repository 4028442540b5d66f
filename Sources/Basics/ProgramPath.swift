import Glibc

/// Where the running program lies.
package enum ProgramPath {
    /// An absolute path that starts it again: its place among the folders of programs where it has one, as that stays when
    /// a link is led to a newer version, else the file itself.
    ///
    /// - Parameter path: the folders of programs, as the variable `PATH` has them.
    /// - Throws: `ENOENT` when the file is gone.
    package static func current(path: String?) throws(SystemError) -> String {
        let real = try Folder.realPath("/proc/self/exe")
        let name = real.split(separator: "/").last.map(String.init) ?? ""
        for folder in (path ?? "").split(separator: ":") where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(name)"
            guard let found = try? Folder.realPath(candidate), found == real else { continue }
            return candidate
        }
        return real
    }
}
