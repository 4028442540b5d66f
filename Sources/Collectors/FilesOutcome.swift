/// What became of a section's files in one run.
package struct FilesOutcome: Sendable, Equatable {
    /// Files and folders that were found and stored.
    package var found: Int
    /// Paths that exist and that the account may not read.
    package var denied: [String]
    /// Paths that were found and could not be read for another reason: an I/O error, a file cut short.
    package var failed: [String]
    /// Paths that are stored and changed while they were read.
    package var torn: [String] = []
    /// Patterns that matched nothing; this is no fault of the section.
    package var missing: [String]
    /// Whether every pattern was looked at; false when the run ended before.
    package var isComplete: Bool
    /// What is wrong with a stream of files, of which the rest is of no use.
    package var broken: String?
    /// The exact command line of a sudoers rule that lets the reader of files see `denied`; nil when there is
    /// none.
    package var rootCommand: String?

    package init(
        found: Int = 0, denied: [String] = [], failed: [String] = [], missing: [String] = [],
        isComplete: Bool = true, rootCommand: String? = nil
    ) {
        self.found = found
        self.denied = denied
        self.failed = failed
        self.missing = missing
        self.isComplete = isComplete
        self.rootCommand = rootCommand
    }
}
