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
    /// Section names by the index that each side's entries use.
    package var wantedSections: [String]
    package var presentSections: [String]
    /// Sections that both sides read as a whole: only there, what the backup lacks may be removed.
    package var wholeSections: Set<String>
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
}
