import Basics

/// The manifests in `backups/` and `trash/`.
struct BackupFiles: Sendable {
    let files: any VaultFiles
    let codec: ManifestFile

    init(files: any VaultFiles, keys: VaultKeys) {
        self.files = files
        codec = ManifestFile(sealer: keys.records)
    }

    /// A deleted backup that can still be brought back.
    struct Trashed: Sendable, Equatable {
        let id: BackupID
        let deleted: Timestamp
        let path: String
    }

    /// Ids of all backups, oldest first, and the names in the folder that are none.
    func ids() throws(VaultError) -> (ids: [BackupID], others: [String]) {
        var ids: [BackupID] = []
        var others: [String] = []
        for name in try names().sorted() {
            if let id = Self.id(of: name) {
                ids.append(id)
            } else {
                others.append("\(VaultPath.backups)/\(name)")
            }
        }
        return (ids, others)
    }

    /// Whether a backup is there; false also where that cannot be told.
    func holds(_ id: BackupID) -> Bool {
        (try? files.read(VaultPath.manifest(id), at: 0, count: 1)) != nil
    }

    /// The names in the folder, in no order.
    func names() throws(VaultError) -> [String] { try files.names(in: VaultPath.backups) }

    /// How the folder is.
    func stamp() throws(VaultError) -> FolderStamp? { try files.stamp(of: VaultPath.backups) }

    /// Which names the folder has.
    func fingerprint() throws(VaultError) -> FolderFingerprint? {
        try files.fingerprint(of: VaultPath.backups)
    }

    /// The backup whose manifest has this name; nil for any other file.
    static func id(of name: String) -> BackupID? {
        BackupID(name, with: VaultPath.manifestSuffix)
    }

    static func name(of id: BackupID) -> String { id.text + VaultPath.manifestSuffix }

    /// Reads as much of a manifest as a list needs.
    func summary(_ id: BackupID) throws(VaultError) -> BackupSummary {
        let path = VaultPath.manifest(id)
        var head = try files.read(path, at: 0, count: ManifestFile.usualLength)
        let length = try codec.headLength(head, path: path)
        if length > head.count { head = try files.read(path, at: 0, count: length) }
        return try codec.summary(head, id: id, path: path)
    }

    func manifest(_ id: BackupID) throws(VaultError) -> Manifest {
        let path = VaultPath.manifest(id)
        do {
            return try codec.manifest(try files.read(path), id: id, path: path)
        } catch  where error.code == .notFound {
            throw VaultError(
                .notFound, "There is no backup \(id)", hint: "Run: holdfast backup list", path: path)
        }
    }

    /// Writes manifests that do not have their names yet.
    /// - Returns: a result for each, in the same order.
    func stage(_ manifests: [Manifest]) -> [Result<StagedFile, VaultError>] {
        manifests.map { manifest in
            Result { () throws(VaultError) in
                try files.stage(try codec.encode(manifest), for: VaultPath.manifest(manifest.id))
            }
        }
    }

    /// Makes backups visible: those without a failure are durable under their names once this returns.
    /// - Parameter folder: another one whose names are made durable with them.
    /// - Returns: a result for each, in the same order.
    func publish(
        _ staged: [Result<StagedFile, VaultError>], with folder: String?
    ) -> [Result<Void, any Error>] {
        var results: [Result<Void, any Error>] = staged.map { staged in
            do throws(VaultError) { return .success(try staged.get().publish()) } catch {
                return .failure(error)
            }
        }
        do throws(VaultError) {
            if let folder { try files.sync(folder: folder) }
            try files.sync(folder: VaultPath.backups)
        } catch {
            results = results.map { result in if case .success = result { .failure(error) } else { result } }
        }
        return results
    }

    // MARK: Trash

    /// The name in the trash says when it got there: `<id>.<time>.manifest`.
    func trash(_ id: BackupID, at time: Timestamp) throws(VaultError) {
        let name = "\(id.text).\(Self.compact(time))\(VaultPath.manifestSuffix)"
        try files.rename(VaultPath.manifest(id), to: "\(VaultPath.trash)/\(name)")
        try files.sync(folder: VaultPath.trash)
        try files.sync(folder: VaultPath.backups)
    }

    /// Brings a deleted backup back.
    func restore(_ trashed: Trashed) throws(VaultError) {
        try files.rename(trashed.path, to: VaultPath.manifest(trashed.id))
        try files.sync(folder: VaultPath.backups)
        try files.sync(folder: VaultPath.trash)
    }

    /// What lies in the trash, and the names there that are no manifests.
    func trashed() throws(VaultError) -> (trashed: [Trashed], others: [String]) {
        var trashed: [Trashed] = []
        var others: [String] = []
        for item in try files.items(in: VaultPath.trash) {
            let path = "\(VaultPath.trash)/\(item.name)"
            let parts = item.name.split(separator: ".", omittingEmptySubsequences: false)
            if parts.count == 3, parts[2] == "manifest", let id = BackupID(String(parts[0])),
                let deleted = Self.time(parts[1])
            {
                trashed.append(Trashed(id: id, deleted: deleted, path: path))
            } else {
                others.append(path)
            }
        }
        return (trashed, others)
    }

    func manifest(_ trashed: Trashed) throws(VaultError) -> Manifest {
        try codec.manifest(try files.read(trashed.path), id: trashed.id, path: trashed.path)
    }

    /// `2026-11-21T09:30:00Z` without `-` and `:`.
    private static func compact(_ time: Timestamp) -> String {
        time.description.filter { $0 != "-" && $0 != ":" }
    }

    private static func time(_ text: Substring) -> Timestamp? {
        let digits = Array(text)
        guard digits.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return Timestamp(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }
}
