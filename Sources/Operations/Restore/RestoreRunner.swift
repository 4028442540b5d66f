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
    /// What of the plan cannot be brought back, as a sentence; empty where all can.
    var shortfall = ""

    var inPlace: Bool { plan.place == .inPlace }

    /// Runs the plan.
    ///
    /// - Parameter approvals: used up by this run, all or none; where there are none, that of the run which it is the way
    ///   back of covers it.
    /// - Throws: `planStale` when something moved, `restoreFailed` when nothing was changed, `restoreRolledBack` when all
    ///   is as it was, and what stops it before it began.
    func carryOut(approvals: [ApprovalRecord]) async throws(OperationError) -> RunRecord {
        try checkIdentity()
        let ground = try await ground()
        tell("preparing", "making the safety copy of \(device.name)")
        let run = RunID.random()
        guard let hold = try RunHold.take(run.text, context.services.paths) else {
            throw OperationError(.internalFailure, "The new run \(run) is held by another process")
        }
        defer { hold.release(context.log) }
        let session = RestoreSession(transport: context.services.transport, device: device, run: run)
        let stage = RestoreStage(runner: self, run: run, ground: ground, approvals: approvals)
        return try await conclude(try await stage.carryOut(session), session, ground)
    }

    /// Puts on the chain that what allows this run is used up.
    func spend(_ approvals: [ApprovalRecord], for run: RunID) async throws(OperationError) {
        // The approval of the plan was used up by its first stage.
        guard follows.isEmpty else { return }
        let grants = Grants(context: context)
        guard approvals.isEmpty else { return try await grants.spend(approvals, for: run.text) }
        try await grants.spend(approvalOf: plan.undoes, onWayBack: run.text)
    }

    func tell(_ phase: String, _ event: String) {
        context.progress.report(
            ProgressUpdate(phase: phase, done: 0, total: nil, unit: "", event: event))
    }

    // MARK: Before

    private func checkIdentity() throws(OperationError) {
        guard device.name.text == plan.target.device,
            (device.hostKey?.fingerprint ?? "") == plan.target.hostKey
        else {
            throw OperationError(
                .planStale,
                "Plan \(id) was made for \(plan.target.device) with another host key than it has now",
                hint: "Make a new one with: \(plan.again)")
        }
    }

    /// What a plan rests on besides the device.
    struct Ground: Sendable {
        let vault: Vault
        /// The backup, and what the plan takes from it.
        let manifest: Manifest
        let source: RestoreSource
        /// The plan and the entries of the backup as they are carried out.
        let plan: RestorePlan
        let wanted: [FileEntry]
        let accounts: AccountEdit
        let hash: KeyedHash
    }

    private func ground() async throws(OperationError) -> Ground {
        let (vault, manifest) = try await context.manifest(plan.backup)
        guard manifest.tree.description == plan.tree else {
            throw OperationError(
                .planStale, "Backup \(plan.backup) is not the one that plan \(id) was made of")
        }
        let source = try await RestoreSource(plan, id, manifest, vault)
        var wanted = source.backup.entries
        let hash = try await context.services.restoreHash()
        var byPath = Dictionary(wanted.map { ($0.path, $0) }) { first, _ in first }
        let now = context.clock.now()
        for step in plan.steps where step.isAround && step.action == .create && byPath[step.subject] == nil {
            var folder = FileEntry(around: step.subject)
            folder.modified = now.nanoseconds
            byPath[step.subject] = folder
            wanted.append(folder)
        }
        for step in plan.steps where step.isFile {
            guard FileMark(byPath[step.subject], hash: hash) == step.after else {
                throw OperationError(
                    .planAltered, "Plan \(id) names \(step.name) otherwise than the backup does")
            }
        }
        let placed = plan.placed(wanted, at: now)
        return Ground(
            vault: vault, manifest: manifest, source: source, plan: placed.plan, wanted: placed.entries,
            accounts: try await source.accounts(vault), hash: hash)
    }

    /// The containers' part of what goes to the device.
    ///
    /// - Parameter copy: the safety copy; empty where there is none.
    /// - Throws: `planStale` when the engine is not as it was when the plan was made.
    func containers(
        _ ground: Ground, for run: RunID, safetyCopy copy: String
    ) async throws(OperationError) -> ContainerRun {
        try await ContainerApplication(plan: plan, id: id, context: context)
            .run(run, ground.manifest, ground.vault, safetyCopy: copy)
    }

    /// Proves by the safety copy that nothing moved since the plan was made.
    func checkUnmoved(_ present: [FileEntry], hash: KeyedHash) throws(OperationError) {
        let byPath = Dictionary(present.map { ($0.path, $0) }) { first, _ in first }
        let moved = plan.steps.filter { step in
            step.isFile && !step.isAround && FileMark(byPath[step.subject], hash: hash) != step.before
        }
        guard moved.isEmpty else {
            let names = moved.prefix(5).map(\.name).joined(separator: ", ")
            throw OperationError(
                .planStale,
                "\(moved.count) of the plan's paths changed on \(device.name) since it was made: \(names)\(moved.count > 5 ? " …" : "")",
                hint: "Nothing was changed. Make a new plan with: \(plan.again)")
        }
    }

    func checkMachine(_ machineID: String) throws(OperationError) {
        guard machineID == plan.target.machineID else {
            throw OperationError(
                .planStale,
                "\(device.name) is another machine than plan \(id) was made for (its machine id differs)",
                hint: "Nothing was changed. Make a new plan with: \(plan.again)")
        }
    }

    // MARK: After

    private func conclude(
        _ outcome: RestoreStage.Outcome, _ session: RestoreSession, _ ground: Ground
    ) async throws(OperationError) -> RunRecord {
        let (staging, journal) = (outcome.staging, outcome.journal)
        var document = outcome.document
        if Task.isCancelled, !outcome.isKept { try await settleCancelled(outcome, session) }
        try await refuseUnstaged(staging, document, journal, inPartsOf: ground.manifest)
        if staging.phase == .undone {
            try await rollBack(
                staging.reason, document, journal, session, inPartsOf: ground.manifest, left: staging.left)
        }
        if outcome.isKept {
            document.take(staging.left)
            return try await proven(document, journal, ground, outcome.reading)
        }
        let isSwapped = staging.phase == .swapped
        if !outcome.wasTold {
            if isSwapped { document.take(staging) }
            try await journal.enter(isSwapped ? .confirming : .unknown, document)
        }
        tell("confirming", "confirming over a new connection")
        let settled = try await confirmation(session, document, journal, ground, isSwapped: isSwapped)
        guard let status = settled.status else {
            if Task.isCancelled { try await settleCancelled(outcome, session) }
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
            let why =
                outcome.loss.map { "the backup cannot be read: \($0.message); see: holdfast vault check" }
                ?? "the connection ended before the device had everything"
            try await refuse(why, document, journal)
        }
        guard status.phase == .kept || status.phase == nil else {
            try await rollBack(
                status.reason.isEmpty ? "nobody could confirm in time" : status.reason, document, journal,
                session, inPartsOf: isSwapped || status.reason.isEmpty ? nil : ground.manifest,
                seconds: settled.seconds, left: status.left)
            return await journal.record
        }
        document.take(status.left)
        return try await proven(document, journal, ground, settled.reading)
    }

    /// How a run was confirmed, or not.
    private struct Confirmation {
        /// What the device said; nil when it could not be asked.
        let status: RestoreSession.Status?
        let seconds: Int
        /// What was read in the same connection; nil when nothing was.
        let reading: Result<RestoreReading, OperationError>?
    }

    /// Tries new connections until one answers, or the device must have gone back and some time has passed.
    ///
    /// - Parameter isSwapped: whether everything is known to be in its place; otherwise the device is asked first, as only
    ///   what was written down before may be confirmed.
    private func confirmation(
        _ session: RestoreSession, _ document: RunDocument, _ journal: RunJournal, _ ground: Ground,
        isSwapped: Bool
    ) async throws(OperationError) -> Confirmation {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(patience + 90)
        var mayConfirm = isSwapped
        var reading: Result<RestoreReading, OperationError>?
        var told = ""
        let inquiry = inPlace ? try await self.inquiry(ground) : nil
        while clock.now < end, !Task.isCancelled {
            var pause = 1
            do throws(ShellError) {
                var status: RestoreSession.Status
                if mayConfirm, let inquiry {
                    status = try await inquiry.confirm(session) { reading = $0 }
                } else {
                    status = mayConfirm ? try await session.confirm() : try await session.settle()
                }
                if let phase = status.phase, phase != .kept, phase != .swapped {
                    status = try await session.settle()
                }
                guard status.phase == .swapped else {
                    return Confirmation(
                        status: status, seconds: Int((clock.now - start).components.seconds), reading: reading
                    )
                }
                // Else too early to prove anything: the device wants a login that comes after its services settled.
                if !mayConfirm { pause = 0 }
            } catch {
                let reason = "not reachable yet: \(error.message)"
                if reason != told { tell("confirming", reason) }
                told = reason
                pause = 2
            }
            if pause == 0 {
                try await journal.enter(.confirming, document)
                mayConfirm = true
                continue
            }
            do { try await Task.sleep(for: .seconds(pause)) } catch { break }
        }
        return Confirmation(
            status: nil, seconds: Int((clock.now - start).components.seconds), reading: nil)
    }

    /// Ends a run whose plan the device did not take, or a check refused.
    private func refuseUnstaged(
        _ staging: RestoreSession.Staging, _ document: RunDocument, _ journal: RunJournal,
        inPartsOf manifest: Manifest
    ) async throws(OperationError) {
        if !staging.wasSent {
            let why =
                staging.obstacles.isEmpty
                ? staging.interruption?.message ?? staging.failure : staging.obstacles.joined(separator: "; ")
            try await refuse(why.isEmpty ? "the device did not take the plan" : why, document, journal)
        }
        if let refusal = staging.refusal {
            try await refuse(
                "a check refused it: \(refusal)", document, journal, inPartsOf: manifest)
        }
        if !staging.failure.isEmpty {
            try await refuse("it could not be staged: \(staging.failure)", document, journal)
        }
    }

    /// - Parameter manifest: the backup, where a plan of less of it may succeed.
    private func refuse(
        _ reason: String, _ document: RunDocument, _ journal: RunJournal,
        inPartsOf manifest: Manifest? = nil
    ) async throws(OperationError) {
        var document = document
        document.reason = reason
        try await journal.enter(.refused, document)
        throw OperationError(
            .restoreFailed, "Nothing was changed on \(device.name): \(reason)",
            hint: wayOn(from: await journal.record.id, document, inPartsOf: manifest))
    }

    /// What to do after a run that left everything as it was.
    ///
    /// Its approval is used up: what was sent may have run on the device, so that nothing but the run proves that it did not.
    private func wayOn(from run: String, _ document: RunDocument, inPartsOf manifest: Manifest?) -> String {
        let place = inPlace ? " --in-place" : ""
        if !document.undoes.isEmpty {
            let parts =
                plan.steps.contains { $0.action.takesData && $0.action.isOfEngine }
                ? "--container NAME --replace-data, --section or --path" : "--section or --path"
            return
                "What was there before the restore is in backup \(plan.backup). To bring back the rest of it: "
                + "holdfast restore plan \(plan.backup)\(place), with \(parts)"
        }
        let used = "The approval of the plan is used up"
        guard let manifest else {
            return "\(used); again it needs a new one. See: holdfast restore show \(run)"
        }
        let named = plan.files(namedIn: document.reason)
        guard named.isEmpty else {
            let command = plan.command(
                without: named, owner: manifest.summary.device.name,
                all: manifest.sections.map(\.name).filter { !RestoreScope.isData($0) })
            return "\(used). To restore the rest without it: \(command). See: holdfast restore show \(run)"
        }
        let packages = plan.steps.contains { $0.action == .install } ? "--keep-packages, " : ""
        return "\(used). To restore the rest without it: "
            + "holdfast restore plan \(plan.backup)\(place), with \(packages)--section, --path or --exclude. "
            + "See: holdfast restore show \(run)"
    }

    func rollBack(
        _ reason: String, _ document: RunDocument, _ journal: RunJournal, _ session: RestoreSession,
        inPartsOf manifest: Manifest?, seconds: Int = 0, left: [Leftover] = []
    ) async throws(OperationError) {
        var document = document
        let isWhole = RestoreSession.wentBackWhole(reason)
        document.reason = context.services.redactor.redact(reason)
        let hint = wayOn(from: await journal.record.id, document, inPartsOf: manifest)
        document.take(left)
        try await journal.enter(.rolledBack, document)
        _ = await context.log.ignoringErrors("clearing the device after a restore") {
            try await session.forget()
        }
        let after = seconds > 0 ? " (reachable again after \(seconds) s)" : ""
        throw OperationError(
            .restoreRolledBack,
            "\(device.name) went back, \(isWhole ? "all is as it was" : "but not all is as it was")\(after): \(document.reason)",
            hint: hint)
    }

    /// How the device is read back: what the plan changed of it.
    /// - Parameter excludes: globs of what to leave out below own paths.
    func inquiry(
        _ ground: Ground, excluding excludes: [String] = []
    ) async throws(OperationError) -> RestoreInquiry {
        var scope = ground.source.scope
        scope.places = scope.places.filter { place in
            plan.steps.contains { $0.isFile && RestoreScope.isBelow($0.subject, [place]) }
        }
        return try await RestoreInquiry(
            device, scope, ground.vault, ground.hash, context,
            RestoreReading.Translation(owners: plan.owners, isOther: plan.isForOther), excluding: excludes)
    }

    /// Reads the device once more and compares it with what the plan promised.
    private func proven(
        _ document: RunDocument, _ journal: RunJournal, _ ground: Ground,
        _ read: Result<RestoreReading, OperationError>?
    ) async throws(OperationError) -> RunRecord {
        var document = document
        guard inPlace else {
            try await journal.enter(.kept, document)
            return await journal.record
        }
        let hash = ground.hash
        do throws(OperationError) {
            let reading =
                if let read { try read.get() } else { try await inquiry(ground).read() }
            let byPath = Dictionary(reading.present.files.map { ($0.path, $0) }) { first, _ in first }
            let written = writtenPlaces(reading)
            var (wrong, rewritten): ([String], Int) = ([], 0)
            for step in plan.steps where step.isFile && !step.isAround {
                let mark = FileMark(byPath[step.subject], hash: hash)
                document.after[Hex.string(step.subject)] = mark.text
                guard mark != step.after else { continue }
                if RestoreScope.isBelow(step.subject, written) {
                    rewritten += 1
                } else {
                    wrong.append(step.name)
                }
            }
            wrong += try await ContainerApplication(plan: plan, id: id, context: context)
                .open(onto: reading, &document)
            if !document.safetyCopy.isEmpty {
                document.brought = try await PackageUndo.brought(
                    by: plan, reading, since: context.manifest(document.safetyCopy).manifest, ground.vault,
                    context.services.redactor)
            }
            tell(wrong, rewritten: rewritten, &document)
        } catch {
            document.add(reason: "the device could not be read back: \(error.message)")
        }
        try await journal.enter(.kept, document)
        return await journal.record
    }

    /// Bind mounts that the plan brought and containers that run write to again.
    private func writtenPlaces(_ reading: RestoreReading) -> [String] {
        guard let request = plan.containers else { return [] }
        let engine = reading.engine.resolving(request.links)
        let used = Set(engine.containers.values.filter(\.isUp).flatMap(\.binds))
        return request.places.filter(used.contains)
    }

    /// Writes down what reading back showed.
    /// - Parameters:
    ///   - wrong: names of what is not as the backup has it.
    ///   - rewritten: how many paths of bind mounts are not, as containers write to them again.
    private func tell(_ wrong: [String], rewritten: Int, _ document: inout RunDocument) {
        if rewritten > 0 {
            document.events.append(
                "\(rewritten.counted("path")) of bind mounts differ from the backup by now: their containers run and write there."
            )
        }
        let data = plan.steps.count { $0.action == .replaceData || $0.action == .replaceVolume }
        if data > 0 {
            document.events.append(
                "Replaced as a whole: the data of \(data.counted("place")), which nobody compared afterwards, as programs write to it again."
            )
        }
        guard wrong.isEmpty else {
            let more = wrong.count > 5 ? " and \(wrong.count - 5) more" : ""
            let difference =
                "not all is as the backup has it: \(wrong.prefix(5).joined(separator: ", "))\(more)"
            document.add(reason: difference)
            return
        }
        switch document.after.count {
        case 0 where data > 0: break
        case let count where rewritten > 0:
            document.events.append(
                "Read back: all other \(count - rewritten) paths are as the backup has them.")
        case 0: document.events.append("Read back: it changed no file by itself.")
        case 1: document.events.append("Read back: the path is as the backup has it.")
        case let count:
            document.events.append("Read back: all \(count) paths are as the backup has them.")
        }
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
