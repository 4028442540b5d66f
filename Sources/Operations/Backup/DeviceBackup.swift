import Basics
import Codecs
import Collectors
import RemoteExecution
import Vault

/// Backs up one device: one script, one connection, one commit.
struct DeviceBackup {
    /// What is asked for, the same for all devices of a call.
    struct Request: Sendable {
        var collectors: [any Collector.Type]
        var name: String
        var paths: [String]
        var excludes: [String]
        /// Reads the whole content of own paths even where an earlier backup has it.
        var readsAll: Bool
        var limits: ShellJob.Limits
    }

    /// The section of paths that a person named.
    static let ownPathsSection = "paths"

    let device: Device
    let request: Request
    let vault: Vault
    let writer: VaultWriter
    let context: OperationContext
    let onBytes: @Sendable (Int64) -> Void

    private var pathSet: CollectionPlan.PathSet {
        var seen: Set<String> = []
        let paths = (device.paths + request.paths).filter { seen.insert($0).inserted }
        return CollectionPlan.PathSet(
            paths: paths.map { Array($0.utf8) }, excludes: device.excludes + request.excludes)
    }

    /// Reads the device and commits what it gave.
    ///
    /// - Throws: when nothing was read at all; a device that gave a part of it makes a partial backup.
    func run() async throws(OperationError) -> Manifest {
        let started = context.clock.now()
        let paths = pathSet
        let parent = paths.paths.isEmpty || request.readsAll ? nil : try await parentEntries()
        let plan = CollectionPlan(collectors: request.collectors, ownPaths: paths, selectsFiles: parent != nil)
        let assembler = BackupAssembler(
            writer: writer, finder: SectionFinder(collectors: request.collectors),
            ownSection: request.collectors.count, earlier: parent?.entries ?? [:], onBytes: onBytes)
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: assembler)
        let job = ShellJob(
            input: plan.script(boundary: boundary), keepsInputOpen: plan.readsInput, limits: request.limits)
        var interruption: ShellError?
        do { _ = try await context.services.transport.run(job, on: device, into: reader) } catch {
            interruption = error
        }
        let results = await reader.results()
        if let interruption, !results.hasRun || interruption.code == .cancelled || interruption.code == .consumer {
            throw OperationError(interruption, device: device.name)
        }
        guard results.hasRun else { throw OperationError(shellRefused: device.name, noise: results.noise) }
        let finished: (entries: [FileEntry], lost: [String])
        do { finished = try await assembler.finish() } catch { throw OperationError(error) }
        let sections = SectionAssembly(
            device: device, plan: plan, results: results, entries: finished.entries, lost: finished.lost,
            interruption: interruption)
        return try await commit(sections, finished.entries, started: started, parent: parent?.id)
    }

    private func commit(
        _ assembly: SectionAssembly, _ entries: [FileEntry], started: Timestamp, parent: BackupID?
    ) async throws(OperationError) -> Manifest {
        do {
            let sections = try await assembly.sections(storingInto: writer)
            let draft = BackupDraft(
                name: request.name, device: assembly.backupDevice, started: started, finished: context.clock.now(),
                status: assembly.status(of: sections), tool: "holdfast \(ProgramInfo.version)", parent: parent,
                sections: sections, notCovered: assembly.notCovered, entries: entries)
            return try await writer.commit(draft)
        } catch { throw OperationError(anyVaultError: error) }
    }

    /// The newest earlier backup of the device that holds own paths, by path.
    private func parentEntries() async throws(OperationError) -> (id: BackupID, entries: [[UInt8]: FileEntry])? {
        do {
            let newest = try await vault.backups().backups.first { $0.device.name == device.name.text && $0.entries > 0 }
            guard let newest else { return nil }
            let manifest = try await vault.manifest(newest.id)
            guard let section = manifest.sections.firstIndex(where: { $0.name == Self.ownPathsSection }) else { return nil }
            let entries = try await vault.entries(of: manifest)
            var byPath: [[UInt8]: FileEntry] = [:]
            byPath.reserveCapacity(entries.count)
            for entry in entries where entry.section == section { byPath[entry.path] = entry }
            return (newest.id, byPath)
        } catch { throw OperationError(error) }
    }
}
