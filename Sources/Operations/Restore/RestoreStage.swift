import Basics
import Collectors
import RemoteExecution
import Restore
import Storage
import Synchronization
import Vault

/// The first of a run's two connections: safety copy, proof that nothing moved, staging, rehearsal and swap.
///
/// All of it is one script. Where the device waits for what it is to stage, the safety copy is committed and proven, and
/// what is sent then is the answer: nothing can be changed before the copy is durable.
final class RestoreStage: Sendable {
    /// What became of it.
    struct Outcome {
        let staging: RestoreSession.Staging
        let journal: RunJournal
        let document: RunDocument
    }

    private struct State {
        var journal: RunJournal?
        var document: RunDocument
        var failure: OperationError?
    }

    private let runner: RestoreRunner
    private let run: RunID
    private let ground: RestoreRunner.Ground
    private let approvals: [ApprovalRecord]
    private let undoes: String
    private let state: Mutex<State>

    /// - Parameters:
    ///   - approvals: used up by this run, all or none.
    ///   - undoes: the run that this is the way back of.
    init(
        runner: RestoreRunner, run: RunID, ground: RestoreRunner.Ground, approvals: [ApprovalRecord],
        undoes: String
    ) {
        self.runner = runner
        self.run = run
        self.ground = ground
        self.approvals = approvals
        self.undoes = undoes
        var document = RunDocument(backup: runner.plan.backup)
        document.steps = runner.plan.steps.count
        document.undoes = undoes
        state = Mutex(State(document: document))
    }

    /// Runs the connection.
    /// - Throws: what stops the run before anything is sent.
    func carryOut(_ session: RestoreSession) async throws(OperationError) -> Outcome {
        let lease = WriterLease(vault: ground.vault, what: "restore apply") { _ in }
        let writer = WriterSession(lease)
        let result: Result<Outcome, OperationError>
        do { result = .success(try await connect(session, writer)) } catch { result = .failure(error) }
        await writer.end()
        await lease.close()
        return try result.get()
    }

    private func connect(
        _ session: RestoreSession, _ writer: WriterSession
    ) async throws(OperationError) -> Outcome {
        let context = runner.context
        let started = context.clock.now()
        let intake: any ContentIntake = runner.inPlace ? writer : await ground.vault.meter()
        let backup = DeviceBackup(
            device: runner.device, request: ground.scope.request(named: name), vault: ground.vault,
            earlier: nil, reusesInventories: false, intake: intake, context: context, onBytes: { _ in })
        let course = try await backup.course()
        let more = session.steps(for: ground.plan, wanted: ground.wanted)
        let own = course.plan.steps.count..<course.plan.steps.count + more.count
        let reader = RestoreReader(
            boundary: course.boundary, own: own, inputStep: own.upperBound - 1
        ) { try await self.answer(backup, course, started, writer) }
        var limits = backup.request.limits
        limits.idle = .seconds(3600)
        let job = ShellJob(
            input: course.plan.script(boundary: course.boundary, after: [], before: more),
            keepsInputOpen: true, limits: limits)
        var interruption: ShellError?
        do throws(ShellError) {
            let exit = try await context.services.transport.run(
                job, on: runner.device, into: SharedConsumer(course.reader, answering: reader))
            DeviceJournal(runner.device.name, context.log).ran(exit)
        } catch { interruption = error }
        let staging = await session.staging(of: reader, steps: own, interruption: interruption)
        return try await outcome(staging, backup, course)
    }

    private var name: String { "safety copy before restore \(run)" }

    private func outcome(
        _ staging: RestoreSession.Staging, _ backup: DeviceBackup, _ course: DeviceBackup.Course
    ) async throws(OperationError) -> Outcome {
        let (journal, document, failure) = state.withLock { ($0.journal, $0.document, $0.failure) }
        if let failure {
            if let journal {
                var document = document
                document.reason = failure.message
                try await journal.enter(.refused, document)
            }
            throw failure
        }
        if let journal { return Outcome(staging: staging, journal: journal, document: document) }
        // The device never came to where it takes anything.
        if staging.obstacles.isEmpty {
            do { _ = try await backup.reading(of: course, interruption: staging.interruption) } catch {
                throw copyFailed(error)
            }
        }
        let why =
            staging.obstacles.isEmpty
            ? staging.interruption?.message ?? staging.failure : staging.obstacles.joined(separator: "; ")
        throw OperationError(
            .restoreFailed,
            "Nothing was changed on \(runner.device.name): \(why.isEmpty ? "it did not take the plan" : why)",
            hint: "The plan is still approved; carry it out with: holdfast restore apply \(runner.id)")
    }

    // MARK: Where the device waits

    /// Makes the safety copy durable, proves that nothing moved and uses the approval up; what is sent then.
    private func answer(
        _ backup: DeviceBackup, _ course: DeviceBackup.Course, _ started: Timestamp, _ writer: WriterSession
    ) async throws -> any ShellSource {
        do throws(OperationError) {
            await course.reader.end()
            let present = try await present(backup, course, started, writer)
            let journal = try await begin()
            let vault = ground.vault
            let payload = RestorePayload(
                plan: ground.plan, run: run, wanted: ground.wanted, present: present,
                patience: runner.patience
            ) { piece in try await vault.bytes(of: [piece]) }
            runner.tell("applying", "sending \(runner.plan.steps.count) steps to \(runner.device.name)")
            try await journal.enter(.applying)
            return payload.stream()
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    private func present(
        _ backup: DeviceBackup, _ course: DeviceBackup.Course, _ started: Timestamp, _ writer: WriterSession
    ) async throws(OperationError) -> [FileEntry] {
        let manifest: Manifest
        do throws(OperationError) {
            let reading = try await backup.reading(of: course, interruption: nil)
            guard runner.inPlace else {
                // Nothing that is there is touched: who the machine is suffices.
                try runner.checkMachine(reading.assembly.backupDevice.machineID)
                return []
            }
            manifest = try await backup.commit(reading, since: started, to: writer)
            await writer.end()
            do { try await ground.vault.pin(manifest.id, note: name) } catch { throw OperationError(error) }
        } catch { throw error.code == .planStale ? error : copyFailed(error) }
        state.withLock { $0.document.safetyCopy = manifest.id.text }
        try runner.checkMachine(manifest.summary.device.machineID)
        do {
            let present = try await ground.vault.entries(of: manifest)
            try runner.checkUnmoved(present, hash: ground.hash)
            return present
        } catch { throw OperationError(any: error) }
    }

    private func copyFailed(_ error: OperationError) -> OperationError {
        guard runner.inPlace else { return error }
        return OperationError(
            error.code, "The safety copy failed, so nothing was changed: \(error.message)", hint: error.hint)
    }

    /// Writes the run down and uses its approvals up.
    private func begin() async throws(OperationError) -> RunJournal {
        let context = runner.context
        let now = context.clock.now()
        let record = RunRecord(
            id: run.text, plan: runner.id, device: runner.device.name.text, started: now, updated: now,
            state: RunDocument.State.preparing.rawValue, isFinished: false,
            document: state.withLock { $0.document.bytes })
        let ledger = try await context.services.ledger()
        do { try await ledger.use(approvals.map(\.id), for: record) } catch {
            throw OperationError(ledger: error)
        }
        let journal = RunJournal(record, ledger: ledger, clock: context.clock)
        state.withLock { $0.journal = journal }
        let grants = Grants(context: context)
        guard approvals.isEmpty else {
            try await grants.spend(approvals, for: run.text)
            return journal
        }
        try await grants.write(.undone(run: undoes))
        return journal
    }
}
