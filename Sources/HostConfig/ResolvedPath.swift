/// A path of a host's file, or a pattern of such, for one user.
package struct ResolvedPath: Sendable, Equatable {
    /// The place it begins at; no pattern, whatever it is called.
    package let folder: String
    /// The names below it, from the outermost on; a `*` in them stands for any text.
    package let parts: [String]

    init(folder: String, below: Substring) {
        self.folder = folder
        parts = below.split(separator: "/").map(String.init)
    }

    /// Whether it stands for any number of files.
    package var isPattern: Bool { parts.contains { $0.contains("*") } }

    /// The path as far as it is none, with the first part that is one.
    package var beforePattern: String {
        let count = parts.firstIndex { $0.contains("*") }.map { $0 + 1 } ?? parts.count
        return ([folder] + parts.prefix(count)).joined(separator: "/")
    }

    /// The whole, for people; it leads to a file where no part is a pattern.
    package var text: String { ([folder] + parts).joined(separator: "/") }
}
