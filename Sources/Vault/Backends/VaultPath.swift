/// The names of a vault's files and folders.
enum VaultPath {
    static let config = "config"
    static let lock = "lock"
    /// Not the vault's own: room that is given up on a full disk, there where the vault has a disk to itself.
    static let reserve = "reserve"
    /// What lists need not read the manifests for; may be missing.
    static let summaries = "summaries"
    /// What came and went since those were written; may be missing.
    static let changes = "summaries.changes"
    static let packs = "packs"
    static let index = "index"
    static let backups = "backups"
    static let trash = "trash"
    static let marks = "marks"
    /// Made when the first damage is found.
    static let damage = "damage"
    static let damageSuffix = ".bad"
    static let temporarySuffix = ".tmp"
    static let packSuffix = ".pack"
    static let indexSuffix = ".index"
    static let manifestSuffix = ".manifest"
    static let folders = [packs, index, backups, trash, marks]

    static func packFolder(_ id: PackID) -> String { "\(packs)/\(id.hex.prefix(2))" }

    static func pack(_ id: PackID) -> String { "\(packFolder(id))/\(id.hex)\(packSuffix)" }

    static func damage(_ id: PackID) -> String { "\(damage)/\(id.hex)\(damageSuffix)" }

    static func segment(_ name: String) -> String { "\(index)/\(name)\(indexSuffix)" }

    static func manifest(_ id: BackupID) -> String { "\(backups)/\(id.text)\(manifestSuffix)" }
}
