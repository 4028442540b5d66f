import Basics
package import Codecs
package import Vault

/// Everything a planner looks at: the backup, and the machine as it is now.
package struct PlanFacts: Sendable {
    /// A package or a unit with its version or state.
    package struct Named: Sendable, Equatable {
        package let name: String
        package let value: String
        package let section: String
        /// Of a package, the words of `PackageCommands` that say how it came.
        package let marks: Set<String>

        package init(name: String, value: String, section: String, marks: Set<String> = []) {
            self.name = name
            self.value = value
            self.section = section
            self.marks = marks
        }
    }

    /// Entries in scope of the backup, sorted by path.
    package var wanted: [FileEntry]
    /// Entries in scope of the machine now, sorted by path.
    package var present: [FileEntry]
    /// Paths among both that are folders around what is in scope.
    package var around: Set<[UInt8]> = []
    /// Section names by the index that each side's entries use.
    package var wantedSections: [String]
    package var presentSections: [String]
    /// Sections that both sides read as a whole: only there, what the backup lacks may be removed.
    package var wholeSections: Set<String>
    /// Whether folders may hold what was not read, as an exclusion matches it.
    package var hidesSome = false
    /// What was added below own paths; nil where it is not looked at.
    package var additions: OwnAdditions?
    package var wantedUnits: [Named]
    package var presentUnits: [Named]
    package var wantedPackages: [Named]
    package var presentPackages: [Named]
    /// Whether the backup is of this very machine.
    package var isSameMachine: Bool
    /// Names of accounts that exist on the machine now; empty when unknown.
    package var users: Set<String>
    /// What stays as it is; nil when the backup is of this very machine.
    package var other: OtherMachine?
    /// Accounts that the other machine lacks.
    package var accounts = AccountPlanner.Result()
    package let hash: KeyedHash

    package init(
        wanted: [FileEntry], present: [FileEntry], wantedSections: [String], presentSections: [String],
        wholeSections: Set<String>, isSameMachine: Bool, hash: KeyedHash
    ) {
        self.wanted = wanted
        self.present = present
        self.wantedSections = wantedSections
        self.presentSections = presentSections
        self.wholeSections = wholeSections
        self.isSameMachine = isSameMachine
        self.hash = hash
        wantedUnits = []
        presentUnits = []
        wantedPackages = []
        presentPackages = []
        users = []
    }

    /// Folders around what would be made, as far as nothing says that they are there.
    package var unseenFolders: [[UInt8]] {
        let seen = Set(present.lazy.map(\.path)).union(wanted.lazy.map(\.path))
        var unseen: Set<[UInt8]> = []
        for entry in wanted where entry.kind != .socket && PathGuard.problem(entry) == nil {
            var parent = SwapOperations.parent(entry.path)
            while parent.count > 1, !seen.contains(parent), unseen.insert(parent).inserted {
                parent = SwapOperations.parent(parent)
            }
        }
        return unseen.sorted(by: ByteOrder.precedes)
    }

    /// Adds the folders that are missing around what would be made, as the backup has them or plain ones of root.
    package mutating func addMissing(_ folders: [[UInt8]], of backup: [FileEntry]) {
        guard !folders.isEmpty else { return }
        around.formUnion(folders)
        let missing = around
        let known = Dictionary(
            backup.lazy.filter { $0.kind == .folder && missing.contains($0.path) }.map { ($0.path, $0) }
        ) { first, _ in first }
        wanted += folders.map { known[$0] ?? FileEntry(around: $0) }
        wanted.sort { ByteOrder.precedes($0.path, $1.path) }
    }
}

extension FileEntry {
    /// The folder at `path` when the backup does not say what it was like.
    package init(around path: [UInt8]) { self.init(path: path, kind: .folder, mode: 0o755) }
}
