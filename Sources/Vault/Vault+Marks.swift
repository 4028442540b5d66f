import Basics

extension Vault {
    /// What is marked on a backup; a damaged mark is named in the result.
    /// - Throws: `unavailable`.
    package func marks(of id: BackupID) throws(VaultError) -> Marks { try markFiles.marks(id) }

    /// What is marked on each of some backups; one look at the folder tells which marks there are.
    /// - Throws: `unavailable`.
    package func marks(of ids: [BackupID]) throws(VaultError) -> [BackupID: Marks] {
        try marked.refresh()
        var all: [BackupID: Marks] = [:]
        for id in ids { all[id] = try markFiles.marks(id, marked.sorts(of: id)) }
        return all
    }

    /// Those of some backups that must stay; a mark that cannot be read counts.
    /// - Throws: `unavailable`.
    package func pinned(of ids: [BackupID]) throws(VaultError) -> Set<BackupID> {
        try marked.refresh()
        return Set(ids.filter { marked.contains($0, .pin) })
    }

    /// Protects a backup from retention and deletion.
    /// - Parameter note: why, for people; may be empty.
    /// - Throws: `notFound`, `full`, `unavailable`.
    package func pin(_ id: BackupID, note: String = "") throws(VaultError) {
        try require(id)
        try markFiles.write(Pin(note: note, since: clock.now()).json, id, .pin)
    }

    /// Takes the protection away; a backup without one stays as it is.
    /// - Throws: `notFound`, `unavailable`.
    package func unpin(_ id: BackupID) throws(VaultError) {
        try require(id)
        try markFiles.remove(id, .pin)
    }

    /// Checks that the backup is there.
    func require(_ id: BackupID) throws(VaultError) {
        guard try backupFiles.ids().ids.contains(id) else {
            throw VaultError(.notFound, "There is no backup \(id)", hint: "Run: holdfast backup list")
        }
    }
}
