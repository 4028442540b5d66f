import Basics
import RemoteExecution
import Restore
import Storage

/// Finds out what became of runs whose Holdfast died, and brings each to an end.
struct RestoreSettling {
    let context: OperationContext

    /// Runs without an end, oldest first.
    func unfinished() async throws(OperationError) -> [RunRecord] {
        let ledger = try await context.services.ledger()
        let open: [RunRecord]
        do { open = try await ledger.unfinishedRuns() } catch { throw OperationError(error) }
        for run in open where run.isFinished {
            context.warnings.add(
                "The record of run \(run.id) was altered outside of Holdfast and counts for nothing")
        }
        return open.filter { !$0.isFinished }
    }

    /// Settles what was begun on `device`, so that two runs never meet there.
    /// - Throws: `restoreFailed` when a living Holdfast is at work on a run there.
    func settleAll(on device: Device) async throws(OperationError) {
        for run in try await unfinished() where run.device == device.name.text {
            _ = try await settle(run, device)
        }
    }

    /// Asks the device and writes the end down.
    /// - Throws: `restoreFailed` when a living Holdfast is at work on it.
    func settle(_ run: RunRecord, _ device: Device) async throws(OperationError) -> RunRecord {
        guard let hold = try RunHold.take(run.id, context.services.paths) else {
            throw OperationError(
                .restoreFailed,
                "Run \(run.id) on \(device.name) is under way, carried out by a Holdfast that lives",
                hint: "Wait for its end; see: holdfast restore show \(run.id)")
        }
        defer { hold.release(context.log) }
        let ledger = try await context.services.ledger()
        let now: RunRecord?
        do { now = try await ledger.run(run.id) } catch { throw OperationError(error) }
        // It may have come to its end between the two looks.
        guard let run = now, !run.isFinished else { return now ?? run }
        return try await settle(held: run, device, ledger)
    }

    private func settle(
        held run: RunRecord, _ device: Device, _ ledger: any RestoreLedger
    ) async throws(OperationError) -> RunRecord {
        let journal = RunJournal(run, ledger: ledger, clock: context.clock)
        guard let id = RunID(run.id), var document = RunDocument(run.document) else {
            throw OperationError(
                .storeCorrupt, "The record of run \(TerminalText.escape(run.id)) cannot be read")
        }
        let session = RestoreSession(transport: context.services.transport, device: device, run: id)
        let state = RunDocument.State(rawValue: run.state) ?? .unknown
        do throws(ShellError) {
            var status = try await session.settle()
            if status.phase == .swapped {
                // A confirmation whose answer gets lost must be found out later for what it was.
                do { try await journal.enter(.confirming) } catch {
                    throw ShellError(.consumer, error.message)
                }
            }
            for _ in 0..<30 where status.phase == .swapped {
                status = try await session.confirm()
                if status.phase == .swapped { try? await Task.sleep(for: .seconds(1)) }
            }
            document.events.append(
                "Holdfast had ended in between; this was found out at \(context.clock.now()).")
            document.reason = status.reason
            document.take(status.left)
            try await write(status, state, &document, journal)
            if status.phase == .undone {
                _ = await context.log.ignoringErrors("clearing the device after a restore") {
                    try await session.forget()
                }
            }
        } catch { throw OperationError(error, device: device.name) }
        return await journal.record
    }

    private func write(
        _ status: RestoreSession.Status, _ state: RunDocument.State, _ document: inout RunDocument,
        _ journal: RunJournal
    ) async throws(ShellError) {
        let end: RunDocument.State
        switch status.phase {
        case .kept: end = .kept
        case .undone: end = .rolledBack
        default:
            // The device forgets a run only after it was confirmed, or before it began.
            end = !status.isNothing && state == .confirming ? .kept : .refused
        }
        if end == .refused, document.reason.isEmpty { document.reason = "nothing had been changed" }
        if end == .kept, document.stage == RestorePlan.Stage.foundation.rawValue {
            document.add(reason: await unbegun(journal))
        }
        do { try await journal.enter(end, document) } catch {
            throw ShellError(.consumer, error.message)
        }
    }

    /// What a first stage that stands alone leaves to do.
    private func unbegun(_ journal: RunJournal) async -> String {
        let plan: RestorePlan?
        do throws(OperationError) {
            plan = try await PlanBook(context: context).plan(journal.record.plan).plan
        } catch { plan = nil }
        let again = plan.map { "; the rest needs a new plan: \($0.again)" } ?? ""
        return
            "only its first stage was carried out: accounts, packages and folders are in place, files are not\(again)"
    }
}

/// Brings runs that were cut off to their end.
package struct ResumeRestores: ServiceOperation {
    package struct Input: OperationInput {
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let runs: [RestoreView]
        /// Runs whose device cannot be asked now, with the reason.
        package let open: [String]

        package var isComplete: Bool {
            open.isEmpty && !runs.contains { $0.state == "kept" && !$0.isComplete }
        }

        private static func because(_ run: RestoreView) -> String {
            guard run.state == "kept", run.reason.isEmpty else { return run.reason }
            return run.undoes.map { "run \($0) is taken back" } ?? "it had gone through"
        }

        package var display: [DisplayBlock] {
            let rows = runs.map { run in
                [Cell(run.run), Cell(run.device), run.stateCell, Cell(Self.because(run))]
            }
            var blocks: [DisplayBlock] = [
                .table(
                    columns: ["RUN", "DEVICE", "STATE", "BECAUSE"], rows: rows,
                    empty: open.isEmpty
                        ? "No restore was cut off." : "No restore came to its end.")
            ]
            if !open.isEmpty { blocks.append(.lines(open.map { Cell($0, .bad) })) }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("resume"),
        summary: "Find out what became of restores that were cut off",
        discussion: """
            Asks each device of a run without an end. What is in place and waits is confirmed, what the device took back is \
            written down as rolled back, what never began is cleared away.
            """,
        effect: .writes, errors: [.deviceUnreachable],
        examples: [Contract.Example("holdfast restore resume", "after a crash or a power cut")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let settling = RestoreSettling(context: context)
        var runs: [RestoreView] = []
        var open: [String] = []
        for run in try await settling.unfinished() {
            do throws(OperationError) {
                guard let name = DeviceName(run.device) else { continue }
                runs.append(RestoreView(try await settling.settle(run, context.device(name))))
            } catch { open.append("\(run.id): \(error.message)") }
        }
        return Output(runs: runs, open: open)
    }
}
