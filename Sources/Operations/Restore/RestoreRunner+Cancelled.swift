import RemoteExecution
import Restore
import Storage

extension RestoreRunner {
    /// Seconds in which the device says what became of a run that somebody cancelled.
    private static let patienceAfterCancel = 30

    /// Finds out what became of a run that was cancelled on its way, and writes it down.
    ///
    /// - Throws: always; `cancelled` where the device is as it was or keeps nothing, else what it says.
    func settleCancelled(
        _ outcome: RestoreStage.Outcome, _ session: RestoreSession
    ) async throws(OperationError) {
        var document = outcome.document
        let journal = outcome.journal
        document.reason = "cancelled"
        guard outcome.staging.wasSent else {
            try await journal.enter(.refused, document)
            throw cancelled(
                "Cancelled before anything was changed on \(device.name)", await journal.record.id)
        }
        // This task is cancelled, and would reach nobody; another one asks.
        let asking = Task { () -> Result<RestoreSession.Status, ShellError> in
            do throws(ShellError) {
                return .success(try await session.settle(within: .seconds(Self.patienceAfterCancel)))
            } catch { return .failure(error) }
        }
        let run = await journal.record.id
        switch await asking.value {
        case .failure:
            try await journal.enter(.unknown, document)
            throw cancelled(
                "Cancelled, and \(device.name) could not be asked what became of it: what nobody confirms it undoes by itself",
                run, next: "Ask it again with: holdfast restore resume")
        case .success(let status) where status.isNothing || status.phase == nil:
            try await journal.enter(.refused, document)
            throw cancelled("Cancelled before anything was changed on \(device.name)", run)
        case .success(let status) where status.phase == .undone:
            try await rollBack("cancelled", document, journal, session, inPartsOf: nil, left: status.left)
        case .success(let status) where status.phase == .kept:
            document.take(status.left)
            try await journal.enter(.kept, document)
            throw cancelled(
                "Cancelled too late: \(device.name) has the new state and keeps it, and was not read back",
                run)
        case .success:
            try await journal.enter(.unknown, document)
            throw cancelled(
                "Cancelled: the new state is in place on \(device.name) and not confirmed, so that the device takes it "
                    + "back by itself within \(patience) s", run,
                next: "To keep it instead, be quicker than that with: holdfast restore resume")
        }
    }

    private func cancelled(_ message: String, _ run: String, next: String? = nil) -> OperationError {
        OperationError(
            .cancelled, message,
            hint: next ?? "The approval of the plan is used up. See: holdfast restore show \(run)")
    }
}
