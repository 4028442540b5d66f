import Basics
import Collectors
import RemoteExecution
import Restore
import Storage
import Synchronization
import Vault

/// The conversation of a run with its device: safety copy, proof that nothing moved, staging, rehearsal and swap.
///
/// All of it is one script. Where the device waits for what it is to stage, the safety copy is committed and proven, and
/// what is sent then is the answer: nothing can be changed before the copy is durable.
///
/// Where no step can cut the way to the machine, it goes on: the device reads back what it swapped, and gets the word to
/// keep it meanwhile; without the word it goes back as it would without a new connection.
///
/// What containers need on the device is known only from the safety copy: with them that has a connection of its own.
final class RestoreStage: Sendable {
    /// What became of it.
    struct Outcome {
        let staging: RestoreSession.Staging
        let journal: RunJournal
        let document: RunDocument
        /// Whether the device may have got the word to keep the new state, which is written down then.
        let wasTold: Bool
        /// Whether the device said that it keeps the new state.
        let isKept: Bool
        /// What it read back; nil where it did not.
        let reading: Result<RestoreReading, OperationError>?
        /// Why the backup could not be read while it was sent; nil when it could.
        let loss: VaultError?
    }

    private struct State {
        var journal: RunJournal?
        var document: RunDocument
        /// Why nothing was sent.
        var failure: OperationError?
        var wasTold = false
        /// Why the backup could not be read while it was sent.
        var loss: VaultError?
        /// Why the word could not be given.
        var silence: OperationError?

        var hasBegun: Bool { journal != nil || failure != nil }
    }

    /// Most that the files in scope may weigh where the device reads back before it has decided.
    private static let earlyLimit = ByteCount(64 << 20)

    private let runner: RestoreRunner
    private let run: RunID
    private let ground: RestoreRunner.Ground
    private let approvals: [ApprovalRecord]
    private let state: Mutex<State>

    /// - Parameter approvals: used up by this run, all or none.
    init(
        runner: RestoreRunner, run: RunID, ground: RestoreRunner.Ground, approvals: [ApprovalRecord]
    ) {
        self.runner = runner
        self.run = run
        self.ground = ground
        self.approvals = approvals
        var document = RunDocument(backup: runner.plan.backup)
        document.steps = runner.plan.steps.count
        document.takesForGood = runner.plan.steps.contains(where: \.action.takesForGood)
        document.undoes = runner.plan.undoes
        document.made = runner.plan.steps.filter { $0.isAround && $0.action == .create }.map {
            Hex.string($0.subject)
        }
        document.follows = runner.follows
        document.stage = runner.stage?.rawValue ?? ""
        document.events = runner.notes
        document.reason = runner.shortfall
        state = Mutex(State(document: document))
    }

    /// Runs the connection.
    /// - Throws: what stops the run before anything is sent.
    func carryOut(_ session: RestoreSession) async throws(OperationError) -> Outcome {
        let lease = WriterLease(vault: ground.vault, what: "restore apply") { _ in }
        let writer = WriterSession(lease)
        let result: Result<Outcome, OperationError>
        do throws(OperationError) {
            result = .success(try await connect(session, writer))
        } catch { result = .failure(error) }
        await writer.end()
        await lease.close()
        return try result.get()
    }

    private func backup(_ writer: WriterSession) async -> DeviceBackup {
        let intake: any ContentIntake = runner.inPlace ? writer : await ground.vault.meter()
        return DeviceBackup(
            device: runner.device, request: ground.source.scope.safetyCopy(named: name), vault: ground.vault,
            earlier: nil, reusesInventories: false, intake: intake, context: runner.context,
            onBytes: { _ in })
    }

    private var name: String { "\(SafetyCopies.note)\(run)" }

    // MARK: The connection

    private func connect(
        _ session: RestoreSession, _ writer: WriterSession
    ) async throws(OperationError) -> Outcome {
        let context = runner.context
        let started = context.clock.now()
        let backup = await backup(writer)
        guard runner.inPlace, runner.plan.touchesEngine else {
            let copy = try await backup.course()
            let talk = try await talk(session, copy: copy, ContainerRun())
            let result = try await carryOut(talk, backup.request.limits) { () async throws(OperationError) in
                await copy.reader.end()
                let present = try await self.present(writer, since: started, backup) {
                    () async throws(OperationError) in try await backup.reading(of: copy, interruption: nil)
                }
                return try await self.payload(
                    onto: present, ContainerRun(), more: (context.clock.now() - started) * 2)
            }
            if result.staging.obstacles.isEmpty, !state.withLock({ $0.hasBegun }) {
                // The device never came to where it takes anything.
                do throws(OperationError) {
                    _ = try await backup.reading(of: copy, interruption: result.staging.interruption)
                } catch { throw copyFailed(error) }
            }
            return try await outcome(result)
        }
        let present = try await self.present(writer, since: started, backup) {
            () async throws(OperationError) in try await backup.read()
        }
        let copy = state.withLock { $0.document.safetyCopy }
        let containers = try await runner.containers(ground, for: run, safetyCopy: copy)
        state.withLock { $0.document.events += containers.remarks }
        let talk = try await talk(session, copy: nil, containers)
        return try await outcome(
            try await carryOut(talk, backup.request.limits) { () async throws(OperationError) in
                try await self.payload(onto: present, containers)
            })
    }

    private func talk(
        _ session: RestoreSession, copy: DeviceBackup.Course?, _ containers: ContainerRun
    ) async throws(OperationError) -> RestoreTalk {
        let confirms = runner.plan.cannotCutConnection
        var talk = RestoreTalk(
            boundary: copy?.boundary ?? FrameBoundary(), copy: copy,
            steps: session.steps(for: ground.plan, wanted: ground.wanted, containers: containers),
            confirmation: confirms ? session.confirmation(waits: true) : nil)
        if confirms, runner.inPlace {
            // What was replaced lies beside until it is decided.
            let inquiry = try await runner.inquiry(ground, excluding: ["*/.holdfast-\(run).*"])
            talk.back = RestoreTalk.ReadingBack(
                inquiry: inquiry,
                course: try await inquiry.course(boundary: talk.boundary, numberedFrom: talk.firstBack))
            // The watch does not wait for much.
            let weight = ground.source.scope.wanted.reduce(ByteCount(0)) { $0 + ByteCount($1.size) }
            talk.readsEarly = weight <= Self.earlyLimit
        }
        return talk
    }

    /// What a conversation brought.
    private struct TalkResult {
        let staging: RestoreSession.Staging
        let isKept: Bool
        let reading: Result<RestoreReading, OperationError>?
    }

    private func carryOut(
        _ talk: RestoreTalk, _ limits: ShellJob.Limits,
        _ payload: @escaping @Sendable () async throws(OperationError) -> any ShellSource
    ) async throws(OperationError) -> TalkResult {
        let context = runner.context
        let word: @Sendable (RestoreReader.StepResult) async throws -> [UInt8] = { result in
            try await self.word(after: result)
        }
        let reader = RestoreReader(
            boundary: talk.boundary, own: talk.own.lowerBound..<talk.last + 1, of: talk.all,
            inputStep: talk.swap,
            word: talk.confirmation == nil ? nil : word,
            input: {
                do throws(OperationError) { return try await payload() } catch {
                    // A transport hands on its words only.
                    self.state.withLock { $0.failure = error }
                    throw error
                }
            })
        var limits = limits
        limits.idle = .seconds(3600)
        var interruption: ShellError?
        do throws(ShellError) {
            let exit = try await context.services.transport.run(
                ShellJob(input: talk.bytes, keepsInputOpen: true, limits: limits), on: runner.device,
                into: talk.consumer(answering: reader))
            DeviceJournal(runner.device.name, context.log).ran(exit)
        } catch { interruption = error }
        var staging = await RestoreSession.staging(of: reader, steps: talk.own, interruption: interruption)
        // What does not say that it is kept is asked again.
        let last = await reader.results[talk.last]
        let status = try? RestoreSession.status(last)
        let isKept = status?.phase == .kept
        if isKept { staging.left = status?.left ?? [] }
        guard isKept, let back = talk.back else {
            return TalkResult(staging: staging, isKept: isKept, reading: nil)
        }
        do throws(OperationError) {
            let reading = try await back.inquiry.reading(of: back.course, interruption: interruption)
            return TalkResult(staging: staging, isKept: true, reading: .success(reading))
        } catch { return TalkResult(staging: staging, isKept: true, reading: .failure(error)) }
    }

    private func outcome(_ result: TalkResult) async throws(OperationError) -> Outcome {
        let state = state.withLock { $0 }
        let staging = result.staging
        if let failure = state.failure {
            if let journal = state.journal {
                var document = state.document
                document.reason = failure.message
                try await journal.enter(.refused, document)
            }
            throw failure
        }
        if let silence = state.silence { throw silence }
        if let journal = state.journal {
            return Outcome(
                staging: staging, journal: journal, document: state.document, wasTold: state.wasTold,
                isKept: result.isKept, reading: result.reading, loss: state.loss)
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

    /// Uses the approval up; what is sent then.
    /// - Parameter more: what the device waits longer for the word, as it reads back meanwhile.
    private func payload(
        onto present: [FileEntry], _ containers: ContainerRun, more: Duration = .zero
    ) async throws(OperationError) -> any ShellSource {
        let journal = try await begin()
        let (vault, backup) = (ground.vault, ground.source.backup)
        let patience = runner.patience + min(max(0, Int(more.components.seconds)), 600)
        let payload = RestorePayload(
            plan: ground.plan, run: run, wanted: ground.wanted, present: present,
            patience: patience, accounts: ground.accounts, containers: containers
        ) { piece in
            do { return try await backup.bytes(of: piece, in: vault) } catch {
                if let loss = error as? VaultError { self.state.withLock { $0.loss = loss } }
                throw error
            }
        }
        let installed = runner.plan.steps.count { $0.action == .install }
        let packages =
            installed > 0
            ? "; it looks for \(installed.counted("package")) and installs what it finds, which may take minutes"
            : ""
        runner.tell(
            "applying",
            "sending \(runner.plan.steps.count.counted("step")) to \(runner.device.name)\(packages)")
        try await journal.enter(.applying)
        return payload.stream()
    }

    /// Makes the safety copy durable and proves that nothing moved.
    ///
    /// Others may write to the vault from then on, however long the device takes.
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
            await writer.lease.close()
        } catch { throw error.code == .planStale ? error : copyFailed(error) }
        state.withLock { $0.document.safetyCopy = manifest.id.text }
        try runner.checkMachine(manifest.summary.device.machineID)
        do {
            let present = try await ground.vault.entries(of: manifest)
            try runner.checkUnmoved(present, hash: ground.hash)
            return present
        } catch { throw OperationError(any: error) }
    }

    /// Writes down that the device may keep what it swapped, then gives the word for it.
    private func word(after swap: RestoreReader.StepResult) async throws -> [UInt8] {
        var staging = RestoreSession.Staging()
        staging.take(swap)
        let swapped = staging
        let (journal, document) = state.withLock { state in
            state.document.take(swapped)
            state.wasTold = true
            return (state.journal, state.document)
        }
        do throws(OperationError) { try await journal?.enter(.confirming, document) } catch {
            state.withLock { $0.silence = error }
            throw error
        }
        return RestoreSession.word
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
        try await runner.spend(approvals, for: run)
        return journal
    }
}
