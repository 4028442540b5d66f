import Basics
import RemoteExecution
import Vault

/// What a person leaves out of a plan: paths by globs, with all below them.
struct PathExclusion: Sendable {
    /// The globs as they were typed.
    let patterns: [String]
    private let filters: [PathFilter]

    var isEmpty: Bool { filters.isEmpty }

    /// - Throws: `argumentInvalid` when one cannot be the glob of an absolute path.
    init(_ patterns: [String]) throws(OperationError) {
        if let pattern = patterns.first(where: { !PathFilter.mayBeAbsolute($0) }) {
            throw OperationError(
                .argumentInvalid, "--exclude ‘\(TerminalText.escape(pattern))’ is no absolute path",
                hint: "Write it from the root, as the plan shows it.")
        }
        self.patterns = patterns
        filters = patterns.map { PathFilter($0) }
    }

    func covers(_ path: [UInt8]) -> Bool { filters.contains { $0.matches(path) } }

    /// Whether something in the folder may be left out, going by what each glob begins with.
    func mayReach(into folder: String) -> Bool {
        patterns.contains { pattern in
            let plain = pattern.prefix { !"*?[{\\".contains($0) }
            return plain.hasPrefix(folder + "/") || (folder + "/").hasPrefix(plain)
        }
    }

    /// How many of the paths that a glob leaves out are named.
    private static let shown = 5

    /// Takes out of `entries` what is left out, and says what each glob takes, as sentences.
    ///
    /// - Parameter isInPlace: whether a glob may be for what only the device has, which stays then.
    /// - Throws: `argumentInvalid` when a glob takes nothing.
    func apply(to entries: inout [FileEntry], isInPlace: Bool) throws(OperationError) -> [String] {
        guard !isEmpty else { return [] }
        var told: [String] = []
        for (pattern, filter) in zip(patterns, filters) {
            let taken = entries.filter { filter.matches($0.path) }
            guard !taken.isEmpty else {
                if isInPlace {
                    told.append(
                        "--exclude \(pattern.shellWord) leaves out nothing of the backup; what matches on the device stays"
                    )
                    continue
                }
                throw OperationError(
                    .argumentInvalid,
                    "--exclude \(pattern.shellWord) leaves out nothing that would be restored",
                    hint: "Leave it away, or write it as the plan shows the path.")
            }
            let names = taken.prefix(Self.shown).map { DeviceText.path($0.path) }.joined(separator: ", ")
            let more = taken.count > Self.shown ? " and \(taken.count - Self.shown) more" : ""
            told.append("--exclude \(pattern.shellWord) leaves out: \(names)\(more)")
        }
        entries.removeAll { covers($0.path) }
        return told
    }
}
