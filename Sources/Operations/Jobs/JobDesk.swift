import Basics
import Glibc
import Storage

/// Takes jobs in, and tells what became of those whose process is gone.
struct JobDesk {
    /// How many finished jobs are remembered.
    static let memory = 200

    let context: OperationContext

    /// Where the locks of running jobs lie.
    private var folder: String { context.services.paths.state + "/jobs" }

    private func lockPath(_ job: JobID) -> String { "\(folder)/\(job).lock" }

    // MARK: Taking in

    /// Writes the job down and starts its process.
    func submit(
        _ operation: String, _ arguments: [String: JSONValue]
    ) async throws(OperationError) -> JobView {
        try await settle()
        let store = try await context.services.jobs()
        try await forget(store)
        let job = JobID.random()
        let order = JobOrder(
            job: job, operation: operation, arguments: arguments, caller: context.caller)
        _ = try order.bytes()
        let document = JobDocument(
            surface: context.caller.surface,
            arguments: context.services.redactor.redact(.object(arguments)))
        let now = context.clock.now()
        var record = JobRecord(
            id: job.text, operation: operation, actor: context.caller.actor, started: now, updated: now,
            state: JobState.starting.rawValue, isFinished: false, document: document.bytes)
        let lock = try await locked(job)
        let isTaken: Bool
        do {
            isTaken = try await store.add(record) { [caller = context.caller] in Self.hasRoom(for: caller, $0)
            }
        } catch {
            release(job)
            throw OperationError(job: error)
        }
        guard isTaken else {
            release(job)
            throw OperationError(
                .jobsFull,
                "As many jobs are under way as may be: \(Self.atOnce.ofOne) of one caller, \(Self.atOnce.all) of all",
                hint: "Wait for one to end: holdfast job list")
        }
        do throws(OperationError) {
            try await context.services.launcher.launch(order, holding: lock)
        } catch {
            var document = document
            document.end(.failure(error))
            record.state = JobState.failed.rawValue
            record.isFinished = true
            record.document = document.bytes
            let failed = record
            // A record that stays without an end is found cut off, as nobody holds its lock.
            _ = await context.log.ignoringErrors("writing down that a job could not be started") {
                try await store.update(failed)
            }
            release(job)
            throw error
        }
        return JobView(record)
    }

    /// How many jobs may be under way that programs asked for, of all and of one caller; a person at a terminal always may.
    private static let atOnce = (all: 32, ofOne: 12)

    private static func hasRoom(for caller: Caller, _ jobs: [JobRecord]) -> Bool {
        guard !Caller.isPerson(caller.actor) else { return true }
        return jobs.count { !Caller.isPerson($0.actor) } < atOnce.all
            && jobs.count { $0.actor == caller.actor } < atOnce.ofOne
    }

    /// Makes room for a new job; before it begins, as nothing that fails later may hide that it runs.
    private func forget(_ store: any JobStore) async throws(OperationError) {
        let removed: [String]
        do { removed = try await store.removeFinishedJobs(keeping: Self.memory - 1) } catch {
            throw OperationError(job: error)
        }
        for id in removed.compactMap({ JobID($0) }) { release(id) }
    }

    /// The lock of a new job, held: from before others can see the job until its process ends.
    private func locked(_ job: JobID) async throws(OperationError) -> OpenFile {
        do {
            try Folder.createAll(folder)
            let lock = try OpenFile(lockPath(job), .create)
            guard try lock.tryLock() else {
                throw OperationError(.internalFailure, "The lock of the new job \(job) is taken")
            }
            return lock
        } catch let error as OperationError { throw error } catch {
            throw OperationError(.ioFailed, "The job cannot be started: \(error)")
        }
    }

    /// Removes the lock of a job that ended.
    func release(_ job: JobID) {
        do { try Folder.removeFile(lockPath(job)) } catch {
            context.log.warning(
                "a job's lock stays", ["job": .string(job.text), "reason": .string("\(error)")])
        }
    }

    // MARK: Telling

    /// The job of that name.
    /// - Throws: `jobUnknown`.
    func job(_ text: String) async throws(OperationError) -> (id: JobID, record: JobRecord) {
        let store = try await context.services.jobs()
        do {
            if let id = JobID(text), let record = try await store.job(text), isVisible(record) {
                return (id, record)
            }
        } catch { throw OperationError(job: error) }
        throw OperationError(
            .jobUnknown, "There is no job \(TerminalText.escape(text))", hint: "See: holdfast job list")
    }

    /// Whether the caller may know of it: who may use only some devices sees what they asked for themselves.
    func isVisible(_ job: JobRecord) -> Bool {
        context.caller.scope == .all || job.actor == context.caller.actor
    }

    /// Writes down which jobs were cut off: not finished, and no process holds their lock.
    /// - Returns: those that were found now.
    @discardableResult
    func settle() async throws(OperationError) -> [JobRecord] {
        let store = try await context.services.jobs()
        var lost: [JobRecord] = []
        do {
            for job in try await store.unfinishedJobs() where !job.isFinished {
                guard let id = JobID(job.id), isAbandoned(id) else { continue }
                // It may have ended between the two looks.
                guard var record = try await store.job(job.id), !record.isFinished else { continue }
                var document = JobDocument(record.document)
                let note = try await whereItStands(record, document)
                document?.note = note
                record.state = JobState.cutOff.rawValue
                record.isFinished = true
                record.updated = context.clock.now()
                record.document = document?.bytes ?? record.document
                do throws(StoreError) { try await store.update(record) } catch {
                    // Of two that look at once, the other one tells it.
                    guard error.code == .conflict || error.code == .notFound else { throw error }
                    continue
                }
                release(id)
                lost.append(record)
            }
        } catch let error as OperationError { throw error } catch let error as StoreError {
            throw OperationError(job: error)
        } catch { throw OperationError(any: error) }
        return lost
    }

    private func isAbandoned(_ job: JobID) -> Bool {
        do throws(SystemError) {
            let lock = try OpenFile(lockPath(job), .read)
            return try lock.tryLock()
        } catch {
            // Without its file nobody can hold the lock; what cannot be looked at is left alone.
            return error.code == ENOENT
        }
    }

    /// What is known of what a job left, in words.
    private func whereItStands(
        _ job: JobRecord, _ document: JobDocument?
    ) async throws(OperationError) -> String {
        let ended = "Its process ended before it could tell how far it came."
        guard job.operation.hasPrefix("restore "), let plan = document?.arguments["plan"]?.string else {
            return ended + " What it had finished stays; what it had not is not there."
        }
        // What is written down is for whoever asked, and not only for who looks now.
        let ledger = try await context.wholeServices.ledger()
        let runs: [RunRecord]
        do { runs = try await ledger.runs(limit: 50) } catch { throw OperationError(error) }
        let own = runs.first { run in
            run.started >= job.started && run.plan.hasPrefix(plan.lowercased())
                && run.state != RunRecord.altered
        }
        guard let own else {
            return runs.contains { $0.state == RunRecord.altered }
                ? ended
                    + " The record of a run was altered, so that nobody can tell whether the device was changed."
                : ended + " Nothing on the device was changed."
        }
        return own.isFinished
            ? "\(ended) Its run \(own.id) on \(own.device) is ‘\(own.state)’."
            : "\(ended) Its run \(own.id) on \(own.device) was ‘\(own.state)’ and has no end yet. Find out with: holdfast restore resume"
    }

    /// Adds a warning for each job that was cut off and has not been told yet.
    ///
    /// What cannot be read now is told another time: this never stops an operation.
    func tellCutOff() async {
        // Whoever may use only some devices learns of their own jobs alone, and asks for them.
        guard context.caller.scope == .all else { return }
        do throws(OperationError) {
            for job in try await settle() {
                let note = JobDocument(job.document)?.note ?? ""
                context.warnings.add(
                    "Job \(job.id) (\(job.operation)) was cut off. \(note.hasSuffix(".") ? String(note.dropLast()) : note)"
                )
            }
        } catch { context.log.debug("jobs cannot be looked at now", ["reason": .string(error.message)]) }
    }
}

extension OperationError {
    /// What a failure of the store of jobs means to a caller.
    init(job error: StoreError) {
        switch error.code {
        case .notFound: self.init(.jobUnknown, error.message, hint: "See: holdfast job list")
        case .conflict: self.init(.jobFinished, error.message)
        default: self.init(error)
        }
    }
}
