import Basics
import TestSupport

/// One file of the sources, as its architecture is read: by text.
struct SourceFile: Sendable {
    /// The path below the folder of the package.
    let path: String
    let lines: [String]

    /// The folder of the package.
    static let root = TestFiles.folder(of: #filePath).components(separatedBy: "/").dropLast(2).joined(
        separator: "/")

    /// All Swift files below the folder `folder` of the package.
    static func all(below folder: String) throws -> [SourceFile] {
        let listing = try Shell.output("cd '\(root)' && find \(folder) -name '*.swift' | sort")
        return String(decoding: listing, as: UTF8.self).split(separator: "\n").map { path in
            let text = String(decoding: TestFiles.bytes(at: "\(root)/\(path)") ?? [], as: UTF8.self)
            return SourceFile(path: String(path), lines: text.components(separatedBy: "\n"))
        }
    }

    /// The module it belongs to.
    var module: String { path.components(separatedBy: "/").dropFirst().first ?? "" }

    /// The modules it imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count,
                words[..<place].allSatisfy({ Self.modifiers.contains(String($0)) })
            else { return nil }
            return String(words[place + 1])
        }
    }

    private static let modifiers: Set = [
        "package", "private", "internal", "public", "fileprivate", "@testable", "@_exported",
    ]

    /// Places, as `path:line`, whose code (comments left out) has one of the words.
    func places(of words: [String]) -> [String] {
        lines.enumerated().compactMap { index, line in
            let code = line.components(separatedBy: "//").first ?? ""
            return words.contains { code.contains($0) } ? "\(path):\(index + 1)" : nil
        }
    }
}

extension String {
    /// The parts between occurrences of `separator`, empty ones kept.
    func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
