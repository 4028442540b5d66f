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
///
/// What containers need on the device is known only from the safety copy: with them it has a connection of its own.
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
        document.follows = runner.follows
        document.stage = runner.stage?.rawValue ?? ""
        document.events = runner.notes
        state = Mutex(State(document: document))
    }

    /// Runs the connection.
    /// - Throws: what stops the run before anything is sent.
    func carryOut(_ session: RestoreSession) async throws(OperationError) -> Outcome {
        let lease = WriterLease(vault: ground.vault, what: "restore apply") { _ in }
        let writer = WriterSession(lease)
        let result: Result<Outcome, OperationError>
        do throws(OperationError) {
            let hasContainers = runner.inPlace && ground.plan.containers != nil
            result = .success(
                hasContainers ? try await copyFirst(session, writer) : try await connect(session, writer))
        } catch { result = .failure(error) }
        await writer.end()
        await lease.close()
        return try result.get()
    }

    private func backup(_ writer: WriterSession) async -> DeviceBackup {
        let intake: any ContentIntake = runner.inPlace ? writer : await ground.vault.meter()
        return DeviceBackup(
            device: runner.device, request: ground.source.scope.request(named: name), vault: ground.vault,
            earlier: nil, reusesInventories: false, intake: intake, context: runner.context,
            onBytes: { _ in })
    }

    private func connect(
        _ session: RestoreSession, _ writer: WriterSession
    ) async throws(OperationError) -> Outcome {
        let started = runner.context.clock.now()
        let backup = await backup(writer)
        let course = try await backup.course()
        let more = session.steps(for: ground.plan, wanted: ground.wanted)
        let own = course.plan.steps.count..<course.plan.steps.count + more.count
        let reader = RestoreReader(
            boundary: course.boundary, own: own, inputStep: own.upperBound - 1
        ) { [self] in
            try await noting { () async throws(OperationError) in
                await course.reader.end()
                let present = try await present(writer, since: started, backup) {
                    () async throws(OperationError) in try await backup.reading(of: course, interruption: nil)
                }
                return try await payload(onto: present, ContainerRun())
            }
        }
        let staging = await carryOut(
            course.plan.script(boundary: course.boundary, after: [], before: more),
            SharedConsumer(course.reader, answering: reader), reader, own, backup.request.limits, session)
        if staging.obstacles.isEmpty, state.withLock({ $0.journal == nil && $0.failure == nil }) {
            // The device never came to where it takes anything.
            do { _ = try await backup.reading(of: course, interruption: staging.interruption) } catch {
                throw copyFailed(error)
            }
        }
        return try await outcome(staging)
    }

    private func copyFirst(
        _ session: RestoreSession, _ writer: WriterSession
    ) async throws(OperationError) -> Outcome {
        let started = runner.context.clock.now()
        let backup = await backup(writer)
        let present = try await present(writer, since: started, backup) { () async throws(OperationError) in
            try await backup.read()
        }
        let copy = state.withLock { $0.document.safetyCopy }
        let containers = try await runner.containers(ground, for: run, safetyCopy: copy)
        let steps = session.steps(for: ground.plan, wanted: ground.wanted, containers: containers)
        let boundary = FrameBoundary()
        let reader = RestoreReader(
            boundary: boundary, own: 0..<steps.count, inputStep: steps.count - 1
        ) { [self] in
            try await noting { () async throws(OperationError) in
                try await payload(onto: present, containers)
            }
        }
        return try await outcome(
            await carryOut(
                FramedScript.bytes(steps: steps, boundary: boundary), reader, reader, 0..<steps.count,
                backup.request.limits, session))
    }

    private func carryOut(
        _ script: [UInt8], _ consumer: any ShellConsumer, _ reader: RestoreReader, _ own: Range<Int>,
        _ limits: ShellJob.Limits, _ session: RestoreSession
    ) async -> RestoreSession.Staging {
        let context = runner.context
        var limits = limits
        limits.idle = .seconds(3600)
        var interruption: ShellError?
        do throws(ShellError) {
            let exit = try await context.services.transport.run(
                ShellJob(input: script, keepsInputOpen: true, limits: limits), on: runner.device,
                into: consumer)
            DeviceJournal(runner.device.name, context.log).ran(exit)
        } catch { interruption = error }
        return await session.staging(of: reader, steps: own, interruption: interruption)
    }

    private var name: String { "\(SafetyCopies.note)\(run)" }

    private func outcome(_ staging: RestoreSession.Staging) async throws(OperationError) -> Outcome {
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
        let why =
            staging.obstacles.isEmpty
            ? staging.interruption?.message ?? staging.failure : staging.obstacles.joined(separator: "; ")
        throw OperationError(
            .restoreFailed,
            "Nothing was changed on \(runner.device.name): \(why.isEmpty ? "it did not take the plan" : why)",
            hint: "The plan is still approved; carry it out with: holdfast restore apply \(runner.id)")
    }

    // MARK: Where the device waits

    /// Notes why nothing is to be sent, as a transport hands on its words only.
    private func noting<Value>(_ body: () async throws(OperationError) -> Value) async throws -> Value {
        do throws(OperationError) { return try await body() } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    /// Uses the approval up; what is sent then.
    private func payload(
        onto present: [FileEntry], _ containers: ContainerRun
    ) async throws(OperationError) -> any ShellSource {
        let journal = try await begin()
        let (vault, backup) = (ground.vault, ground.source.backup)
        let payload = RestorePayload(
            plan: ground.plan, run: run, wanted: ground.wanted, present: present,
            patience: runner.patience, accounts: ground.accounts, containers: containers
        ) { piece in try await backup.bytes(of: piece, in: vault) }
        runner.tell("applying", "sending \(runner.plan.steps.count) steps to \(runner.device.name)")
        try await journal.enter(.applying)
        return payload.stream()
    }

    /// Makes the safety copy durable and proves that nothing moved.
    private func present(
        _ writer: WriterSession, since started: Timestamp, _ backup: DeviceBackup,
        _ read: () async throws(OperationError) -> DeviceBackup.Reading
    ) async throws(OperationError) -> [FileEntry] {
        let manifest: Manifest
        do throws(OperationError) {
            let reading = try await read()
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
        try await runner.spend(approvals, for: run, undoes)
        return journal
    }
}
