import Basics

/// What `holdfast version` tells.
package struct ProgramVersion: Sendable {
    /// One library the program is linked with.
    package struct Library: Sendable, Equatable {
        let name: String
        let version: String

        package init(_ name: String, _ version: String) {
            self.name = name
            self.version = version
        }
    }

    let version: String
    let commit: String?
    let swift: String
    /// What it is linked with; asked for only where it is shown.
    var libraries: [Library] { findLibraries() }
    private let findLibraries: @Sendable () -> [Library]

    /// - Parameters:
    ///   - version: the release, for example `0.1.0`.
    ///   - commit: the commit it was built from, where known.
    ///   - swift: the version of the compiler.
    ///   - libraries: what it is linked with, in the order to show.
    package init(
        version: String, commit: String?, swift: String, libraries: @escaping @Sendable () -> [Library]
    ) {
        self.version = version
        self.commit = commit
        self.swift = swift
        findLibraries = libraries
    }

    /// What stands for the commit of a build that was not told of one: a package's build cannot ask for it by itself.
    private static let unknownCommit = "unknown"

    /// The same for programs.
    var json: JSONValue {
        let pairs = libraries.map { ($0.name, JSONValue.string($0.version)) }
        return [
            "version": .string(version),
            "commit": .string(commit ?? Self.unknownCommit),
            "swift": .string(swift),
            "libraries": .object(Dictionary(pairs) { first, _ in first }),
        ]
    }

    /// The same for people, one fact a line.
    var lines: [String] {
        ["holdfast \(version) (\(commit ?? "commit \(Self.unknownCommit)"))", "Swift \(swift)"]
            + libraries.map { "\($0.name) \($0.version)" }
    }
}
