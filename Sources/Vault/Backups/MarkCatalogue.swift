import Basics

/// Which marks there are, kept from one look at their folder to the next; what they say is read when it is asked for.
struct MarkCatalogue: Sendable {
    private let files: any VaultFiles
    private var names: Set<String> = []
    /// How the folder was when it was last read; nil when that says nothing.
    private var stamp: FolderStamp?

    init(files: MarkFiles) { self.files = files.files }

    /// Learns what came and went.
    /// - Throws: `unavailable`.
    mutating func refresh() throws(VaultError) {
        let now = try files.stamp(of: VaultPath.marks)
        if let now, let stamp, stamp.holds(at: now) { return }
        names = Set(try files.names(in: VaultPath.marks))
        stamp = now
    }

    func contains(_ id: BackupID, _ sort: MarkFiles.Sort) -> Bool {
        names.contains(MarkFiles.name(id, sort))
    }

    /// The sorts of marks that a backup has.
    func sorts(of id: BackupID) -> [MarkFiles.Sort] {
        names.isEmpty ? [] : MarkFiles.Sort.allCases.filter { contains(id, $0) }
    }
}
