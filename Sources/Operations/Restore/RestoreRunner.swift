import Basics
import Codecs
import RemoteExecution
import Restore
import Storage
import Vault

/// Carries one approved plan out on its device, stage by stage, and writes down where it is before each.
struct RestoreRunner {
    let context: OperationContext
    let plan: RestorePlan
    let id: String
    let device: Device
    /// Seconds until the device undoes what nobody confirmed.
    let patience: Int
    /// Of a plan with stages, the one that this run carries out.
    var stage: RestorePlan.Stage?
    /// The run of the stage before; empty where there is none.
    var follows = ""
    /// What was found out before this run.
    var notes: [String] = []

    private var inPlace: Bool { plan.place == .inPlace }

    /// What is needed before anything is sent.
    private struct Preparation {
        let payload: RestorePayload
        let scope: RestoreScope
        var document: RunDocument
    }

    /// Runs the plan.
    ///
    /// - Parameters:
    ///   - approvals: used up by this run, all or none.
    ///   - undoes: the run that this is the way back of; its approval covers it where there are no others.
    /// - Throws: `planStale` when something moved, `restoreFailed` when nothing was changed, `restoreRolledBack` when all
    ///   is as it was, and what stops it before it began.
    func carryOut(
        approvals: [ApprovalRecord], undoes: String = ""
    ) async throws(OperationError) -> RunRecord {
        try checkIdentity()
        let run = RunID.random()
        tell("preparing", "making the safety copy of \(device.name)")
        var preparation = try await prepare(run)
        preparation.document.undoes = undoes
        preparation.document.follows = follows
        preparation.document.stage = stage?.rawValue ?? ""
        preparation.document.events += notes
        var record = RunRecord(
            id: run.text, plan: id, device: device.name.text, started: context.clock.now(),
            updated: context.clock.now(), state: RunDocument.State.preparing.rawValue, isFinished: false,
            document: preparation.document.bytes)
        let ledger = try await context.services.ledger()
        do { try await ledger.use(approvals.map(\.id), for: record) } catch {
            throw OperationError(ledger: error)
        }
        let session = RestoreSession(transport: context.services.transport, device: device, run: run)
        let journal = RunJournal(record, ledger: ledger, clock: context.clock)
        do throws(OperationError) { try await spend(approvals, for: run, undoes) } catch {
            preparation.document.reason = error.message
            try await journal.enter(.refused, preparation.document)
            throw error
        }
        tell("applying", "sending \(plan.steps.count) steps to \(device.name)")
        let staging = await session.stage(preparation.payload) { try await journal.enter(.applying) }
        record = await journal.record
        return try await conclude(staging, session, journal, preparation)
    }

    private var translation: RestoreReading.Translation {
        RestoreReading.Translation(owners: plan.owners, isOther: plan.isForOther)
    }

    /// Puts on the chain that what allows this run is used up.
    private func spend(
        _ approvals: [ApprovalRecord], for run: RunID, _ undoes: String
    ) async throws(OperationError) {
        // The approval of the plan was used up by its first stage.
        guard follows.isEmpty else { return }
        let grants = Grants(context: context)
        guard approvals.isEmpty else { return try await grants.spend(approvals, for: run.text) }
        try await grants.spend(approvalOf: undoes, onWayBack: run.text)
    }

    private func tell(_ phase: String, _ event: String) {
        context.progress.report(
            ProgressUpdate(phase: phase, done: 0, total: nil, unit: "steps", event: event))
    }

    // MARK: Before

    private func checkIdentity() throws(OperationError) {
        guard device.name.text == plan.target.device,
            (device.hostKey?.fingerprint ?? "") == plan.target.hostKey
        else {
            throw OperationError(
                .planStale,
                "Plan \(id) was made for \(plan.target.device) with another host key than it has now",
                hint: "Make a new one with: holdfast restore plan \(plan.backup)")
        }
    }

    private func prepare(_ run: RunID) async throws(OperationError) -> Preparation {
        let (vault, manifest) = try await context.manifest(plan.backup)
        guard manifest.tree.description == plan.tree else {
            throw OperationError(
                .planStale, "Backup \(plan.backup) is not the one that plan \(id) was made of")
        }
        let source = try await RestoreSource(plan, id, manifest, vault)
        let scope = source.scope
        var document = RunDocument(backup: plan.backup)
        document.steps = plan.steps.count
        let present = try await currentState(run, scope, vault, &document)
        var wanted = source.backup.entries
        let hash = try await context.services.restoreHash()
        var byPath = Dictionary(wanted.map { ($0.path, $0) }) { first, _ in first }
        for step in plan.steps where step.isAround && step.action == .create && byPath[step.subject] == nil {
            let folder = FileEntry(around: step.subject)
            byPath[step.subject] = folder
            wanted.append(folder)
        }
        for step in plan.steps where step.isFile {
            guard FileMark(byPath[step.subject], hash: hash) == step.after else {
                throw OperationError(
                    .planAltered, "Plan \(id) names \(step.name) otherwise than the backup does")
            }
        }
        let placed = plan.placed(wanted)
        let containers = try await ContainerApplication(plan: plan, id: id, context: context)
            .run(run, manifest, vault, safetyCopy: document.safetyCopy)
        do {
            let payload = try await RestorePayload(
                plan: placed.plan, run: run, wanted: placed.entries, present: present, patience: patience,
                accounts: try await source.accounts(vault), containers: containers
            ) { entry in
                try await source.backup.bytes(of: entry, in: vault, limit: Int(RestorePayload.limit))
            }
            return Preparation(payload: payload, scope: scope, document: document)
        } catch { throw OperationError(any: error) }
    }

    /// Reads what is about to be changed: the safety copy, and proof that nothing moved since the plan was made.
    private func currentState(
        _ run: RunID, _ scope: RestoreScope, _ vault: Vault, _ document: inout RunDocument
    ) async throws(OperationError) -> [FileEntry] {
        let hash = try await context.services.restoreHash()
        guard inPlace else {
            // Nothing that is there is touched: who the machine is suffices.
            let reading = try await RestoreReading.read(device, scope, vault, hash, context, translation)
            try checkMachine(reading.machineID)
            return []
        }
        let manifest = try await safetyCopy(run, scope, vault)
        document.safetyCopy = manifest.id.text
        try checkMachine(manifest.summary.device.machineID)
        let present: [FileEntry]
        do { present = try await vault.entries(of: manifest) } catch { throw OperationError(error) }
        let byPath = Dictionary(present.map { ($0.path, $0) }) { first, _ in first }
        let moved = plan.steps.filter { step in
            step.isFile && !step.isAround && FileMark(byPath[step.subject], hash: hash) != step.before
        }
        guard moved.isEmpty else {
            let names = moved.prefix(5).map(\.name).joined(separator: ", ")
            throw OperationError(
                .planStale,
                "\(moved.count) of the plan's paths changed on \(device.name) since it was made: \(names)\(moved.count > 5 ? " …" : "")",
                hint: "Nothing was changed. Make a new plan with: holdfast restore plan \(plan.backup)")
        }
        return present
    }

    private func checkMachine(_ machineID: String) throws(OperationError) {
        guard machineID == plan.target.machineID else {
            throw OperationError(
                .planStale,
                "\(device.name) is another machine than plan \(id) was made for (its machine id differs)",
                hint: "Nothing was changed. Make a new plan with: holdfast restore plan \(plan.backup)")
        }
    }

    private func safetyCopy(
        _ run: RunID, _ scope: RestoreScope, _ vault: Vault
    ) async throws(OperationError) -> Manifest {
        let lease = WriterLease(vault: vault, what: "restore apply") { _ in }
        let session = WriterSession(lease)
        let backup = DeviceBackup(
            device: device, request: scope.request(named: "\(SafetyCopies.note)\(run)"), vault: vault,
            earlier: nil, reusesInventories: false, intake: session, context: context, onBytes: { _ in })
        let result: Result<Manifest, OperationError>
        do { result = .success(try await backup.run(committingTo: session)) } catch {
            result = .failure(error)
        }
        await session.end()
        await lease.close()
        switch result {
        case .success(let manifest):
            do { try await vault.pin(manifest.id, note: "\(SafetyCopies.note)\(run)") } catch {
                throw OperationError(error)
            }
            return manifest
        case .failure(let error):
            throw OperationError(
                error.code, "The safety copy failed, so nothing was changed: \(error.message)",
                hint: error.hint)
        }
    }

    // MARK: After

    private func conclude(
        _ staging: RestoreSession.Staging, _ session: RestoreSession, _ journal: RunJournal,
        _ preparation: Preparation
    ) async throws(OperationError) -> RunRecord {
        var document = preparation.document
        guard staging.wasSent else {
            let why =
                staging.obstacles.isEmpty
                ? staging.interruption?.message ?? staging.failure : staging.obstacles.joined(separator: "; ")
            try await refuse(why.isEmpty ? "the device did not take the plan" : why, document, journal)
            return await journal.record
        }
        if let refusal = staging.refusal {
            try await refuse("a check refused it before anything was changed: \(refusal)", document, journal)
        }
        if !staging.failure.isEmpty {
            try await refuse("it could not be staged: \(staging.failure)", document, journal)
        }
        if staging.phase == .undone {
            try await rollBack(staging.reason, document, journal, session)
        }
        let isSwapped = staging.phase == .swapped
        if isSwapped {
            document.events.append(
                staging.wasRehearsed
                    ? "Its checks passed before anything was changed."
                    : "The device could not rehearse: checks ran after the change and before services used it."
            )
            if !staging.isArmedForRestart {
                document.events.append(
                    "The device has no systemd: a restart before the confirmation would have left the new state."
                )
            }
        }
        try await journal.enter(isSwapped ? .confirming : .unknown, document)
        tell("confirming", "confirming over a new connection")
        let settled = try await confirmation(session, document, journal, isSwapped: isSwapped)
        guard let status = settled.status else {
            document.reason = "no new connection reached the device"
            try await journal.enter(.unknown, document)
            throw OperationError(
                .restoreFailed,
                "\(device.name) could not be reached again within \(settled.seconds) s; it undoes the change by itself",
                hint: "See what became of it with: holdfast restore resume")
        }
        if settled.seconds > 2 {
            document.events.append("The device was reached again after \(settled.seconds) s.")
        }
        if status.isNothing || status.phase == nil && !isSwapped {
            try await refuse("the connection ended before the device had everything", document, journal)
        }
        guard status.phase == .kept || status.phase == nil else {
            try await rollBack(
                status.reason.isEmpty ? "nobody could confirm in time" : status.reason, document, journal,
                session, seconds: settled.seconds)
            return await journal.record
        }
        return try await proven(document, journal, preparation.scope)
    }

    /// Tries new connections until one answers, or the device must have gone back and some time has passed.
    ///
    /// - Parameter isSwapped: whether everything is known to be in its place; otherwise the device is asked first, as only
    ///   what was written down before may be confirmed.
    private func confirmation(
        _ session: RestoreSession, _ document: RunDocument, _ journal: RunJournal, isSwapped: Bool
    ) async throws(OperationError) -> (status: RestoreSession.Status?, seconds: Int) {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(patience + 90)
        var mayConfirm = isSwapped
        while clock.now < end, !Task.isCancelled {
            var pause = 1
            do throws(ShellError) {
                var status = mayConfirm ? try await session.confirm() : try await session.settle()
                if let phase = status.phase, phase != .kept, phase != .swapped {
                    status = try await session.settle()
                }
                guard status.phase == .swapped else {
                    return (status, Int((clock.now - start).components.seconds))
                }
                // Else too early to prove anything: the device wants a login that comes after its services settled.
                if !mayConfirm { pause = 0 }
            } catch {
                tell("confirming", "not reachable yet: \(error.message)")
                pause = 2
            }
            if pause == 0 {
                try await journal.enter(.confirming, document)
                mayConfirm = true
                continue
            }
            do { try await Task.sleep(for: .seconds(pause)) } catch { break }
        }
        return (nil, Int((clock.now - start).components.seconds))
    }

    private func refuse(
        _ reason: String, _ document: RunDocument, _ journal: RunJournal
    ) async throws(OperationError) {
        var document = document
        document.reason = reason
        try await journal.enter(.refused, document)
        throw OperationError(
            .restoreFailed, "Nothing was changed on \(device.name): \(reason)",
            hint: "See: holdfast restore show \(await journal.record.id)")
    }

    private func rollBack(
        _ reason: String, _ document: RunDocument, _ journal: RunJournal, _ session: RestoreSession,
        seconds: Int = 0
    ) async throws(OperationError) {
        var document = document
        let reason = context.services.redactor.redact(reason)
        document.reason = reason
        try await journal.enter(.rolledBack, document)
        _ = await context.log.ignoringErrors("clearing the device after a restore") {
            try await session.forget()
        }
        let after = seconds > 0 ? " (reachable again after \(seconds) s)" : ""
        throw OperationError(
            .restoreRolledBack, "\(device.name) went back, all is as it was\(after): \(reason)",
            hint: "See: holdfast restore show \(await journal.record.id)")
    }

    /// Reads the device once more and compares it with what the plan promised.
    private func proven(
        _ document: RunDocument, _ journal: RunJournal, _ scope: RestoreScope
    ) async throws(OperationError) -> RunRecord {
        var document = document
        guard inPlace else {
            try await journal.enter(.kept, document)
            return await journal.record
        }
        let (vault, _) = try await context.manifest(plan.backup)
        let hash = try await context.services.restoreHash()
        do throws(OperationError) {
            var scope = scope
            scope.places = scope.places.filter { place in
                plan.steps.contains { $0.isFile && RestoreScope.isBelow($0.subject, [place]) }
            }
            let reading = try await RestoreReading.read(device, scope, vault, hash, context, translation)
            let byPath = Dictionary(reading.present.files.map { ($0.path, $0) }) { first, _ in first }
            var wrong: [String] = []
            for step in plan.steps where step.isFile && !step.isAround {
                let mark = FileMark(byPath[step.subject], hash: hash)
                document.after[Hex.string(step.subject)] = mark.text
                if mark != step.after { wrong.append(step.name) }
            }
            wrong += try await ContainerApplication(plan: plan, id: id, context: context)
                .open(onto: reading, &document)
            if document.after.isEmpty, wrong.isEmpty {
                document.events.append("Read back: it changed no file by itself.")
            } else if wrong.isEmpty {
                document.events.append(
                    "Read back: all \(document.after.count) paths are as the backup has them.")
            } else {
                document.reason =
                    "\(wrong.count) paths are not as the backup has them: \(wrong.prefix(5).joined(separator: ", "))"
            }
        } catch {
            document.reason = "the device could not be read back: \(error.message)"
        }
        try await journal.enter(.kept, document)
        return await journal.record
    }
}

/// The stored record of a run, updated before each stage.
actor RunJournal {
    private(set) var record: RunRecord
    private let ledger: any RestoreLedger
    private let clock: any WallClock

    init(_ record: RunRecord, ledger: any RestoreLedger, clock: any WallClock) {
        self.record = record
        self.ledger = ledger
        self.clock = clock
    }

    /// Writes down that the run is in `state`; durable when it returns.
    func enter(_ state: RunDocument.State, _ document: RunDocument? = nil) async throws(OperationError) {
        var next = record
        next.state = state.rawValue
        next.isFinished = state.isEnd
        next.updated = clock.now()
        if let document { next.document = document.bytes }
        do { try await ledger.update(next) } catch { throw OperationError(error) }
        record = next
    }
}
