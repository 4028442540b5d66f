/// The backup that a text means, and what it was chosen from.
package struct BackupChoice: Sendable {
    package let id: BackupID
    /// Where the text says `latest`: all that it could have meant, newest first, safety copies left out.
    package var candidates: [BackupSummary] = []
    /// Where the text says `latest`: newer backups whose manifests cannot be read, whatever they are of; newest first.
    package var unreadable: [BackupID] = []
}

extension Vault {
    /// The backup that `text` means: a whole id, the unique beginning of one, `latest`, or `latest:DEVICE`.
    ///
    /// - Throws: `notFound`, `ambiguous`, `unavailable`.
    package func resolve(_ text: String) throws(VaultError) -> BackupID { try choose(text).id }

    /// The same, with what `latest` was chosen from.
    ///
    /// The latest one is the newest of those that reach furthest: a backup of one section never stands for one of all, and
    /// a safety copy for nothing but its run, and one that failed only where there is no other.
    /// - Throws: `notFound`, `ambiguous`, `unavailable`.
    package func choose(_ text: String) throws(VaultError) -> BackupChoice {
        if text == "latest" { return try latest(of: nil, named: text) }
        if text.hasPrefix("latest:") {
            return try latest(of: text.dropFirst("latest:".count), named: text)
        }
        if let id = BackupID(text), backupFiles.holds(id) { return BackupChoice(id: id) }
        let matches = try backupFiles.ids().ids.filter {
            $0.text == text || !text.isEmpty && $0.text.hasPrefix(text)
        }
        guard let match = matches.first else {
            throw VaultError(.notFound, "There is no backup ‘\(text)’", hint: "Run: holdfast backup list")
        }
        guard matches.count == 1 else {
            throw VaultError(
                .ambiguous, "\(matches.count) backups begin with \(text)",
                hint: "Give more characters: \(matches.prefix(3).map(\.text).joined(separator: ", "))")
        }
        return BackupChoice(id: match)
    }

    private func latest(of device: Substring?, named text: String) throws(VaultError) -> BackupChoice {
        let ids = try backupFiles.ids().ids
        let list = try backups()
        let all = list.backups.filter { backup in device.map { $0 == backup.device.name } ?? backup.isOfDevice
        }
        let known = all.filter { !$0.isSafetyCopy }
        // One that failed holds nothing that another one does not hold better.
        let usable = known.contains { $0.status != .failed } ? known.filter { $0.status != .failed } : known
        let breadth = usable.map(\.breadth).max()
        guard let match = usable.first(where: { $0.breadth == breadth }) else {
            let owner = device.map { " of \($0)" } ?? ""
            guard let copy = all.first else {
                throw VaultError(
                    .notFound, "There is no backup\(owner)",
                    hint: "Make one with: holdfast backup create. What there is shows: holdfast backup list")
            }
            throw VaultError(
                .notFound,
                "There is no backup\(owner) but safety copies of restores, which ‘\(text)’ never names",
                hint: "Make one with: holdfast backup create. The newest safety copy is \(copy.id)")
        }
        let isRead = Set(list.backups.map(\.id))
        let unreadable =
            list.damaged.isEmpty ? [] : ids.filter { $0.second >= match.id.second && !isRead.contains($0) }
        return BackupChoice(id: match.id, candidates: known, unreadable: unreadable.sorted(by: >))
    }
}
