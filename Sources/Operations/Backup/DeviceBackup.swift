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
        var dataSources: [DataSource] = []
        var name: String
        var paths: [String]
        var excludes: [String]
        /// Reads the whole content of own paths even where an earlier backup has it.
        var readsAll: Bool
        var limits: ShellJob.Limits
        /// Names of the only sections that were asked for, and of those left out on purpose.
        var only: [String] = []
        var skipped: [String] = []
    }

    /// The section of paths that a person named.
    static let ownPathsSection = "paths"

    /// Version of the program, as backups name it.
    static let tool = "holdfast \(ProgramInfo.version)"

    let device: Device
    let request: Request
    let vault: Vault
    /// The device's newest backup that holds files; nil when there is none.
    let earlier: BackupSummary?
    /// Takes inventories over from the newest backup where what they were made from is the same.
    var reusesInventories = true
    let intake: any ContentIntake
    let context: OperationContext
    let onBytes: @Sendable (Int64) -> Void

    private var pathSet: CollectionPlan.PathSet {
        var seen: Set<String> = []
        let paths = (device.paths + request.paths).filter { seen.insert($0).inserted }
        return CollectionPlan.PathSet(
            paths: paths.map { DeviceText.bytes($0) }, excludes: device.excludes + request.excludes)
    }

    private var scope: BackupScope {
        BackupScope(
            only: request.only, skipped: request.skipped, hasData: !request.dataSources.isEmpty,
            hasPaths: !pathSet.paths.isEmpty)
    }

    /// What was read of a device.
    struct Reading {
        let assembly: SectionAssembly
        let sections: [SectionRecord]
        let entries: [FileEntry]
        let parent: BackupID?
    }

    /// Reads the device and commits what it gave.
    ///
    /// - Throws: when nothing was read at all; a device that gave a part of it makes a partial backup.
    func run(committingTo session: WriterSession) async throws(OperationError) -> Manifest {
        let started = context.clock.now()
        let reading = try await read()
        let draft = BackupDraft(
            name: request.name, device: reading.assembly.backupDevice, started: started,
            finished: context.clock.now(),
            status: reading.assembly.status(of: reading.sections), tool: Self.tool,
            parent: reading.parent, sections: reading.sections, notCovered: reading.assembly.notCovered,
            entries: reading.entries, scope: scope)
        do {
            let manifest = try await session.commit(draft)
            DeviceJournal(device.name, context.log).committed(manifest)
            return manifest
        } catch let error as VaultError where error.code == .invalid {
            throw OperationError(
                .collectionFailed, "\(device.name): the backup could not be put together: \(error.message)",
                hint: "Another process may have removed what it was to share with an older one; run it again."
            )
        } catch { throw OperationError(any: error) }
    }

    /// Reads the device in one connection.
    func read() async throws(OperationError) -> Reading {
        let paths = pathSet
        let earlier = try await earlierManifest()
        let parent = paths.paths.isEmpty || request.readsAll ? nil : try await parentEntries(earlier)
        let plan = CollectionPlan(
            collectors: request.collectors, ownPaths: paths, dataSources: request.dataSources,
            selectsFiles: parent != nil)
        let finder = SectionFinder(collectors: plan.collectors)
        let assembler = BackupAssembler(
            intake: intake, plan: plan, finder: finder, earlier: parent?.files ?? EarlierFiles([]),
            onBytes: onBytes)
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: assembler)
        let job = ShellJob(
            input: plan.script(boundary: boundary), keepsInputOpen: plan.readsInput, limits: request.limits)
        var interruption: ShellError?
        let journal = DeviceJournal(device.name, context.log)
        do { journal.ran(try await context.services.transport.run(job, on: device, into: reader)) } catch {
            interruption = error
            journal.failed(error)
        }
        let results = await reader.results()
        journal.read(results)
        if let failure = results.sinkFailure { throw OperationError(any: failure) }
        if let interruption, interruption.code == .shellRefused, !results.hasRun {
            throw OperationError(shellRefused: device.name, noise: results.noise)
        }
        if let interruption,
            !results.hasRun || interruption.code == .cancelled || interruption.code == .consumer
        {
            throw OperationError(interruption, device: device.name)
        }
        guard results.hasRun else { throw OperationError(shellRefused: device.name, noise: results.noise) }
        let finished: (entries: [FileEntry], lost: [String])
        do { finished = try await assembler.finish() } catch { throw OperationError(error) }
        let assembly = SectionAssembly(
            device: device, plan: plan, results: results, finder: finder, entries: finished.entries,
            lost: finished.lost,
            interruption: interruption)
        var known: [String: SectionRecord] = [:]
        if reusesInventories, let earlier, earlier.summary.tool == Self.tool {
            for section in earlier.sections { known[section.name] = section }
        }
        do {
            return Reading(
                assembly: assembly,
                sections: try await assembly.sections(storingInto: intake, earlier: known),
                entries: finished.entries, parent: parent?.id)
        } catch { throw OperationError(error) }
    }

    /// The manifest of the device's newest backup; nil where there is none or it cannot be read.
    private func earlierManifest() async throws(OperationError) -> Manifest? {
        guard let earlier else { return nil }
        do { return try await vault.manifest(earlier.id) } catch {
            // A damaged or deleted backup saves no work; `vault check` tells of it.
            guard error.code == .damaged || error.code == .notFound else { throw OperationError(error) }
            return nil
        }
    }

    /// The own paths of the newest backup; nil when it holds none, or they cannot be read.
    private func parentEntries(
        _ manifest: Manifest?
    ) async throws(OperationError) -> (id: BackupID, files: EarlierFiles)? {
        guard let manifest,
            let section = manifest.sections.firstIndex(where: { $0.name == Self.ownPathsSection })
        else { return nil }
        do {
            var entries = try await vault.entries(of: manifest)
            if entries.contains(where: { $0.section != section }) {
                entries.removeAll { $0.section != section }
            }
            return (manifest.id, EarlierFiles(entries))
        } catch {
            // As above; everything is read from the device, and its list of files is stored anew.
            guard error.code == .damaged || error.code == .notFound else { throw OperationError(error) }
            return nil
        }
    }
}
