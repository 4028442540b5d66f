import Basics
import HostConfig
import RemoteExecution
import Vault

/// Puts the files of one host into the vault.
struct HostKeeper {
    static let section = "host-config"

    let host: AssistantHost
    let vault: Vault
    let lease: WriterLease
    let clock: any WallClock
    /// The device that it is on; nil for this machine.
    var device: Device?

    private var series: HostSeries { HostSeries(host, on: device?.name) }

    /// Makes a backup of `files` of this machine, unless the newest one holds the same.
    func keep(
        _ files: [String], name: String, always: Bool
    ) async throws(OperationError) -> BackupHostConfig.Row {
        let situations = files.map { HostSituation(of: host, at: $0) }
        var found: [HostCopy.File] = []
        for situation in situations {
            if let file = try Self.file(situation) { found.append(file) }
        }
        return try await keep(situations, found, name: name, always: always)
    }

    /// Makes a backup of what was read of `situations`, unless the newest one holds the same.
    func keep(
        _ situations: [HostSituation], _ found: [HostCopy.File], name: String, always: Bool
    ) async throws(OperationError) -> BackupHostConfig.Row {
        var remarks = situations.filter { !$0.reason.isEmpty }.map {
            "\($0.path) \($0.state == .invalid ? "cannot be understood" : "cannot be read"): \($0.reason)"
        }
        remarks += situations.filter { $0.state == .empty }.map { "\($0.path) is empty" }
        remarks += situations.filter(\.isOpenToOthers).map {
            "\($0.path) can be read by other accounts; it may hold tokens"
        }
        let emptied = try await emptied(situations)
        remarks += emptied
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
            if !always, let newest = try await newest(holding: found) { return row("unchanged", newest) }
            let doubts = situations.filter { [.unreadable, .invalid, .empty].contains($0.state) }.map {
                "\($0.path): \($0.reason.isEmpty ? "\($0.state)" : $0.reason)"
            }
            let copy = HostCopy(
                host: host, made: clock.now(), name: name, files: found, doubts: doubts + emptied)
            return row("stored", try await store(copy, finished: nil).id)
        } catch { throw OperationError(any: error) }
    }

    /// Files that lost all servers that the newest sound backup has: nobody wants that put back unasked.
    private func emptied(_ situations: [HostSituation]) async throws(OperationError) -> [String] {
        guard situations.contains(where: { $0.state == .noServers }) else { return [] }
        let good: BackupSummary?
        do { good = try await series.newestSound(in: vault) } catch { throw OperationError(error) }
        return try await HostDamage.find(host, situations, good, isHere: device == nil, in: vault)?.emptied
            ?? []
    }

    /// The newest backup, where it has these files, with the same bytes and modes, and no other.
    private func newest(holding found: [HostCopy.File]) async throws -> BackupID? {
        try await vault.perform { [name = series.name] vault in
            guard let newest = try vault.newest(of: name), try Self.holds(newest.id, found, in: vault) else {
                return nil
            }
            return newest.id
        }
    }

    /// Whether a backup has these files, with the same bytes and modes, and no other.
    static func holds(
        _ id: BackupID, _ found: [HostCopy.File], in vault: isolated Vault
    ) throws -> Bool {
        let manifest = try vault.manifest(id)
        let entries = try vault.entries(of: manifest).filter { $0.kind == .file }
        guard entries.count == found.count else { return false }
        let contents = try vault.pieces(of: found.map(\.bytes))
        for (file, content) in zip(found, contents) {
            guard let entry = entries.first(where: { $0.path == Array(file.path.utf8) }),
                entry.mode == file.mode, entry.content == content
            else { return false }
        }
        // What was found damaged is stored again.
        return try vault.holds(contents.flatMap(\.self))
    }

    /// Makes a backup.
    /// - Parameter finished: when it was; the present time unless given.
    func store(_ copy: HostCopy, finished: Timestamp?) async throws -> Manifest {
        let session = WriterSession(lease)
        do {
            let contents = try await session.store(contents: copy.files.map(\.bytes), as: .content)
            let entries = zip(copy.files, contents).flatMap { $0.entries($1) }
            let status: BackupSummary.Status = copy.doubts.isEmpty ? .ok : .partial
            // On a device they are paths that a person asked for, so that a plan can bring them back there.
            let section = device == nil ? Self.section : DeviceBackup.ownPathsSection
            let record = SectionRecord(
                name: section, status: copy.doubts.isEmpty ? .ok : .partial,
                reason: copy.doubts.joined(separator: "; "), hint: "", files: entries.count,
                bytes: entries.reduce(0) { $0 + $1.size })
            let manifest = try await session.commit(
                BackupDraft(
                    name: copy.name,
                    device: BackupDevice(
                        name: series.name, hostKeyFingerprint: device?.hostKey?.fingerprint ?? ""),
                    started: copy.made,
                    finished: finished ?? clock.now(), status: status, tool: DeviceBackup.tool,
                    sections: [record],
                    notCovered: ["Everything but the files of \(host.title) that name its servers."],
                    entries: entries, scope: BackupScope(only: [section])))
            await session.end()
            return manifest
        } catch {
            await session.end()
            throw error
        }
    }

    /// The file, and the link where it was reached through one; nil where there is none.
    private static func file(_ situation: HostSituation) throws(OperationError) -> HostCopy.File? {
        guard let file = situation.snapshot else { return nil }
        guard file.path != situation.path else { return HostCopy.File(file, link: nil) }
        do throws(SystemError) {
            let target = try Folder.linkTarget(situation.path)
            return HostCopy.File(file, link: (situation.path, target))
        } catch  where error.meansNoLink {
            // A file below a folder that was reached through a link.
            return HostCopy.File(file, link: nil)
        } catch {
            throw OperationError(.ioFailed, "The link \(situation.path) cannot be read: \(error.reason)")
        }
    }
}
