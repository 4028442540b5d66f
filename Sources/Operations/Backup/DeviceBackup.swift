import Basics
import Codecs
import Collectors
import RemoteExecution
import Vault

/// Backs up one device: one script, one connection, one commit.
struct DeviceBackup {
    /// What is asked for, the same for all devices of a call.
    struct Request: Sendable {
        let collectors: [any Collector.Type]
        let dataSources: [DataSource]
        var name: String
        var paths: [String]
        var excludes: [String]
        /// Reads everything even where an earlier backup has it.
        var readsAll: Bool
        var limits: ShellJob.Limits
        /// Names of the only sections that were asked for, and of those left out on purpose.
        var only: [String]
        var skipped: [String]
        /// What is listed before it is sent; whoever must know what is true now lets nothing of the configuration be.
        let lists: CollectionPlan.Listing
        /// Whether the device's own paths are read, which a person registered, besides `paths`.
        var takesRegisteredPaths = true
        /// How much the device may say of files.
        var terms = FileQuota.Terms()
        /// Names of sections that are read for who the machine is, and are no part of the backup.
        var unrecorded: Set<String> = []
        /// Whether own paths that are not there are no failure, as in a copy of what is there.
        var mayLackOwnPaths = false
        /// What is the same for all devices without own paths, made once.
        let common: Common

        init(
            collectors: [any Collector.Type], dataSources: [DataSource] = [], name: String, paths: [String],
            excludes: [String], readsAll: Bool, limits: ShellJob.Limits, only: [String] = [],
            skipped: [String] = [], lists: CollectionPlan.Listing = .nothing
        ) {
            self.collectors = collectors
            self.dataSources = dataSources
            self.name = name
            self.paths = paths
            self.excludes = excludes
            self.readsAll = readsAll
            self.limits = limits
            self.only = only
            self.skipped = skipped
            self.lists = lists
            common = Common(
                plan: CollectionPlan(collectors: collectors, dataSources: dataSources, lists: lists),
                finder: SectionFinder(collectors: collectors))
        }
    }

    /// The plan of a device without own paths, and whose its files are.
    struct Common: Sendable {
        let plan: CollectionPlan
        let finder: SectionFinder
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
        let registered = request.takesRegisteredPaths ? device.paths : []
        let paths = (registered + request.paths).filter { seen.insert($0).inserted }
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
        /// See `Manifest.listing`.
        let listing: Manifest.Listing?
        /// Why the device was not looked at as a whole; nil when it was.
        let shortfall: String?
    }

    /// Reads the device to compare with it, or to plan on it: all or nothing.
    ///
    /// - Throws: `collectionFailed` as well when the run ended early: what it did not come to would look as if it were gone.
    func readWhole() async throws(OperationError) -> Reading {
        let reading = try await read()
        try checkWhole(reading)
        return reading
    }

    /// - Throws: `collectionFailed` when the device was not read to its end.
    func checkWhole(_ reading: Reading) throws(OperationError) {
        guard let shortfall = reading.shortfall else { return }
        throw OperationError(
            .collectionFailed, "\(device.name) was not read to the end: \(shortfall)",
            hint: "What was not read would look as if it were gone; try again.")
    }

    /// Reads the device and commits what it gave.
    ///
    /// - Throws: when nothing was read at all; a device that gave a part of it makes a partial backup.
    func run(committingTo session: WriterSession) async throws(OperationError) -> Manifest {
        let started = context.clock.now()
        return try await commit(read(), since: started, to: session)
    }

    /// Commits what was read of the device.
    func commit(
        _ reading: Reading, since started: Timestamp, to session: WriterSession
    ) async throws(OperationError) -> Manifest {
        let draft = BackupDraft(
            name: request.name, device: reading.assembly.backupDevice, started: started,
            finished: context.clock.now(),
            status: reading.assembly.status(of: reading.sections), tool: Self.tool,
            parent: reading.parent, sections: reading.sections, notCovered: reading.assembly.notCovered,
            entries: reading.entries, scope: scope, listing: reading.listing)
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

    /// A script that is about to run, and who understands what it says.
    struct Course: Sendable {
        let plan: CollectionPlan
        let boundary: FrameBoundary
        let reader: CollectionReader
        fileprivate let finder: SectionFinder
        fileprivate let assembler: BackupAssembler
        fileprivate let earlier: EarlierBackup?

        /// The script of the backup alone.
        var script: [UInt8] {
            plan.script(boundary: boundary, known: earlier?.known ?? CollectionPlan.KnownOutcomes())
        }
    }

    /// Reads the device in one connection.
    func read() async throws(OperationError) -> Reading {
        let plan = plan
        let late = LateCourse { try await self.course(plan) }
        let job = ShellJob(input: [], rest: late, keepsInputOpen: plan.readsInput, limits: request.limits)
        var interruption: ShellError?
        do {
            let exit = try await context.services.transport.run(job, on: device, into: late)
            DeviceJournal(device.name, context.log).ran(exit)
        } catch {
            interruption = error
            if error.code == .cancelled { late.cancel() }
        }
        let course: Course
        do { course = try await late.value() } catch { throw OperationError(any: error) }
        return try await reading(of: course, interruption: interruption)
    }

    private var plan: CollectionPlan {
        let paths = pathSet
        return paths.paths.isEmpty
            ? request.common.plan
            : CollectionPlan(
                collectors: request.collectors, ownPaths: paths, dataSources: request.dataSources,
                lists: request.lists)
    }

    /// What is to be asked, and by whom the answers are understood.
    /// - Parameter first: the number of the first step in a longer script.
    func course(
        boundary: FrameBoundary = FrameBoundary(), numberedFrom first: Int = 0
    ) async throws(OperationError) -> Course {
        try await course(plan, boundary: boundary, numberedFrom: first, isPart: true)
    }

    private func course(
        _ plan: CollectionPlan, boundary: FrameBoundary = FrameBoundary(), numberedFrom first: Int = 0,
        isPart: Bool = false
    ) async throws(OperationError) -> Course {
        let earlier = try await earlierBackup(for: plan)
        let finder = request.common.finder
        let assembler = BackupAssembler(
            intake: intake, plan: plan, finder: finder, earlier: earlier?.files ?? EarlierFiles([]),
            quota: FileQuota(request.terms, of: device.name), onBytes: onBytes)
        let known = earlier?.known ?? CollectionPlan.KnownOutcomes()
        let reader = CollectionReader(
            plan: plan, numberedFrom: first, boundary: boundary, sink: assembler, known: known,
            isPart: isPart)
        return Course(
            plan: plan, boundary: boundary, reader: reader, finder: finder, assembler: assembler,
            earlier: earlier)
    }

    /// What a script brought that has run, to its end or not.
    ///
    /// - Throws: when nothing was read at all.
    func reading(
        of course: Course, interruption: ShellError?
    ) async throws(OperationError) -> Reading {
        let journal = DeviceJournal(device.name, context.log)
        let results = await course.reader.results()
        let interruption = interruption ?? results.refusal
        if let interruption { journal.failed(interruption) }
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
        do {
            var files = try await course.assembler.finish()
            files.doubt(results.streams)
            let earlier = course.earlier
            let assembly = SectionAssembly(
                device: device, plan: course.plan, results: results, finder: course.finder, files: files,
                interruption: interruption, unrecorded: request.unrecorded,
                mayLackOwnPaths: request.mayLackOwnPaths)
            let past = reusesInventories ? earlier?.sections ?? [:] : [:]
            return Reading(
                assembly: assembly,
                sections: try await assembly.sections(storingInto: intake, earlier: past, from: vault),
                entries: assembly.recorded(files.entries),
                parent: earlier?.files != nil && course.plan.roles.contains(.listing)
                    ? earlier?.manifest.id : nil,
                listing: assembly.listing(earlier: earlier?.known.listing), shortfall: assembly.shortfall)
        } catch { throw OperationError(reading: error, of: device.name) }
    }

    /// What the device's newest backup saves; nil where there is none or it cannot be read.
    private func earlierBackup(
        for plan: CollectionPlan
    ) async throws(OperationError) -> EarlierBackup? {
        guard let earlier, !request.readsAll else { return nil }
        do {
            return try await EarlierBackup(
                vault.manifest(earlier.id), for: plan, without: request.unrecorded, in: vault,
                outcomes: reusesInventories)
        } catch {
            // A damaged or deleted backup saves no work; `vault check` tells of it.
            guard error.code == .damaged || error.code == .notFound else { throw OperationError(error) }
            return nil
        }
    }
}

extension OperationError {
    /// What the vault's failure means to whoever reads a device.
    fileprivate init(reading error: VaultError, of device: DeviceName) {
        guard error.code == .invalid || error.code == .damaged else {
            self.init(error)
            return
        }
        self.init(.collectionFailed, "\(device): \(error.message)", hint: BackupAssembler.gone.hint)
    }
}
