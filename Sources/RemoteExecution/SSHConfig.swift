import Basics

/// A user's OpenSSH client configuration, as far as reaching machines needs it.
///
/// Known: `Host`, `Match` (all, host, originalhost, user, localuser), `Include`, `HostName`, `Port`, `User`,
/// `IdentityFile`, `IdentitiesOnly`, `IdentityAgent`, `ProxyJump`, `ProxyCommand` (reported, never run),
/// `UserKnownHostsFile`, `HostKeyAlias`, `ConnectTimeout` and `AddressFamily`. Everything else is passed over. As in
/// OpenSSH the first value of a keyword wins.
///
/// - SeeAlso: `ssh_config(5)`
package struct SSHConfig: Sendable, Equatable {
    /// How files are read; injected, so that reading a configuration is pure.
    package struct Files: Sendable {
        /// The text of a file; nil when it cannot be read.
        package var text: @Sendable (_ path: String) -> String?
        /// Paths matching a shell pattern, sorted.
        package var paths: @Sendable (_ pattern: String) -> [String]

        package init(
            text: @escaping @Sendable (_ path: String) -> String?,
            paths: @escaping @Sendable (_ pattern: String) -> [String]
        ) {
            self.text = text
            self.paths = paths
        }

        /// The machine's own files.
        package static let system = Files(
            text: { try? SmallFile.text(at: $0) }, paths: { SmallFile.paths(matching: $0) })
    }

    /// One thing a line says.
    enum Item: Sendable, Equatable {
        /// What follows holds for hosts that match these patterns.
        case host([String])
        /// What follows holds when all of these are met.
        case match([Criterion])
        case setting(keyword: String, values: [String])
        /// The lines of an included file.
        case included([Item])
    }

    /// A condition of a `Match` line.
    struct Criterion: Sendable, Equatable {
        let keyword: String
        let isNegated: Bool
        let patterns: [String]
    }

    /// All lines in order.
    var items: [Item] = []
    /// What was passed over and may matter, each with its file and line.
    package internal(set) var warnings: [String] = []

    /// A configuration without a line.
    package init() {}

    /// Names given on `Host` lines that stand for one machine, in order, without wildcards and negations.
    package var aliases: [String] {
        var seen: Set<String> = []
        return Self.aliases(in: items).filter { seen.insert($0).inserted }
    }

    private static func aliases(in items: [Item]) -> [String] {
        items.flatMap { item -> [String] in
            switch item {
            case .host(let patterns):
                patterns.filter { !$0.hasPrefix("!") && !$0.contains("*") && !$0.contains("?") }
            case .included(let items): aliases(in: items)
            case .match, .setting: []
            }
        }
    }
}
