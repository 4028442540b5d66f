import Basics
import HostConfig
import Vault

/// Puts the files of one host into the vault.
struct HostKeeper {
    static let section = "host-config"

    let host: AssistantHost
    let vault: Vault
    let lease: WriterLease
    let clock: any WallClock

    private var series: HostSeries { HostSeries(host) }

    /// Makes a backup of `files`, unless the newest one holds the same.
    /// - Parameter newest: the newest backup of this host; nil where there is none.
    func keep(
        _ files: [String], name: String, after newest: BackupSummary?, always: Bool
    ) async throws(OperationError) -> BackupHostConfig.Row {
        let situations = files.map { HostSituation(of: host, at: $0) }
        var remarks = situations.filter { !$0.reason.isEmpty }.map {
            "\($0.path) \($0.state == .invalid ? "cannot be understood" : "cannot be read"): \($0.reason)"
        }
        remarks += situations.filter { $0.state == .empty }.map { "\($0.path) is empty" }
        remarks += situations.filter(\.isOpenToOthers).map {
            "\($0.path) can be read by other accounts; it may hold tokens"
        }
        let found = situations.compactMap(\.snapshot)
        func row(_ outcome: String, _ backup: BackupID?) -> BackupHostConfig.Row {
            BackupHostConfig.Row(
                host: host.id, outcome: outcome, backup: backup?.text, files: found.map(\.path),
                bytes: ByteCount(Int64(found.reduce(0) { $0 + $1.bytes.count })),
                servers: situations.reduce(0) { $0 + $1.servers.count }, remarks: remarks)
        }
        guard !found.isEmpty else {
            if remarks.isEmpty { remarks = ["no file of it is here"] }
            return row(situations.contains { $0.state == .unreadable } ? "failed" : "missing", nil)
        }
        do {
            if !always, let newest, try await holds(newest.id, found) {
                return row("unchanged", newest.id)
            }
            let manifest = try await store(situations, name)
            return row("stored", manifest.id)
        } catch { throw OperationError(any: error) }
    }

    /// Whether a backup has these files, with the same bytes and modes, and no other.
    private func holds(_ id: BackupID, _ found: [FileSnapshot]) async throws -> Bool {
        let manifest = try await vault.manifest(id)
        let entries = try await vault.entries(of: manifest).filter { $0.kind == .file }
        guard entries.count == found.count else { return false }
        let contents = try await vault.meter().store(contents: found.map(\.bytes), as: .content)
        for (file, content) in zip(found, contents) {
            guard let entry = entries.first(where: { $0.path == Array(file.path.utf8) }),
                entry.mode == file.mode, entry.content == content
            else { return false }
        }
        // What was found damaged is stored again.
        return try await vault.holds(contents.flatMap(\.self))
    }

    private func store(_ situations: [HostSituation], _ name: String) async throws -> Manifest {
        let started = clock.now()
        let session = WriterSession(lease)
        do {
            let found = situations.filter { $0.snapshot != nil }
            let contents = try await session.store(
                contents: found.compactMap { $0.snapshot?.bytes }, as: .content)
            var entries: [FileEntry] = []
            for (situation, content) in zip(found, contents) {
                guard let file = situation.snapshot else { continue }
                entries += try Self.entries(file, reachedAs: situation.path, content)
            }
            let unread = situations.filter { $0.state == .unreadable }
            let doubtful = situations.filter { [.invalid, .empty].contains($0.state) }
            let isSound = unread.isEmpty && doubtful.isEmpty
            let record = SectionRecord(
                name: Self.section, status: isSound ? .ok : .partial,
                reason: (unread + doubtful).map {
                    "\($0.path): \($0.reason.isEmpty ? "\($0.state)" : $0.reason)"
                }
                .joined(separator: "; "),
                hint: "", files: entries.count, bytes: entries.reduce(0) { $0 + $1.size })
            let manifest = try await session.commit(
                BackupDraft(
                    name: name, device: BackupDevice(name: series.name), started: started,
                    finished: clock.now(), status: isSound ? .ok : .partial, tool: DeviceBackup.tool,
                    sections: [record],
                    notCovered: ["Everything but the files of \(host.title) that name its servers."],
                    entries: entries, scope: BackupScope(only: [Self.section])))
            await session.end()
            return manifest
        } catch {
            await session.end()
            throw error
        }
    }

    /// The file, and the link where it was reached through one.
    private static func entries(
        _ file: FileSnapshot, reachedAs path: String, _ content: [ContentRef]
    ) throws(OperationError) -> [FileEntry] {
        var entries = [
            FileEntry(
                path: Array(file.path.utf8), kind: .file, mode: file.mode, userID: file.owner.user,
                groupID: file.owner.group, size: Int64(file.bytes.count), modified: file.modified,
                attributes: file.attributes.map {
                    FileEntry.Attribute(name: Array("SCHILY.xattr.".utf8) + $0.nameBytes, value: $0.value)
                }, content: content)
        ]
        guard file.path != path else { return entries }
        do throws(SystemError) {
            let target = try Folder.linkTarget(path)
            entries.append(
                FileEntry(
                    path: Array(path.utf8), kind: .symbolicLink, mode: 0o777, linkTarget: Array(target.utf8)))
        } catch  where error.meansNoLink {
            // A file below a folder that was reached through a link.
            return entries
        } catch {
            throw OperationError(.ioFailed, "The link \(path) cannot be read: \(error.reason)")
        }
        return entries
    }
}
