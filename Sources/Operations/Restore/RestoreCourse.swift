import Basics
import Codecs
import RemoteExecution
import Restore
import Storage
import Vault

/// Carries a plan out from its first stage to its last.
struct RestoreCourse {
    let context: OperationContext
    let plan: RestorePlan
    let id: String
    let device: Device
    /// Seconds until the device undoes what nobody confirmed, in each stage.
    let patience: Int

    /// Runs all stages; the record is of the last one.
    ///
    /// Each stage has a safety copy, a watch and a run of its own. When a later one fails, the earlier ones stay, and the
    /// error says how to take them back.
    /// - Throws: what `RestoreRunner.carryOut` throws.
    func carryOut(approvals: [ApprovalRecord]) async throws(OperationError) -> RunRecord {
        guard plan.hasStages else {
            return try await runner(plan).carryOut(approvals: approvals)
        }
        var first = runner(plan.foundation)
        first.stage = .foundation
        let foundation = try await first.carryOut(approvals: approvals)
        do throws(OperationError) {
            return try await carryOutRest(after: foundation)
        } catch {
            throw OperationError(
                error.code,
                "Accounts, packages and folders of plan \(id) are in place, its files are not: \(error.message)",
                hint:
                    "Try again with a new plan, or take the first stage back with: holdfast restore undo \(foundation.id)"
            )
        }
    }

    private func runner(_ plan: RestorePlan) -> RestoreRunner {
        RestoreRunner(context: context, plan: plan, id: id, device: device, patience: patience)
    }

    private func carryOutRest(after foundation: RunRecord) async throws(OperationError) -> RunRecord {
        let rest = try await self.rest(after: foundation)
        guard rest.wrongAccounts.isEmpty else {
            throw OperationError(
                .restoreFailed,
                "accounts are not as planned: \(rest.wrongAccounts.prefix(5).joined(separator: ", "))")
        }
        let notes = rest.notes
        let shortfall = rest.shortfall
        guard !rest.plan.steps.isEmpty else {
            let ledger = try await context.services.ledger()
            let journal = RunJournal(foundation, ledger: ledger, clock: context.clock)
            var document = RunDocument(foundation.document) ?? RunDocument(backup: plan.backup)
            document.events += notes
            document.add(reason: shortfall)
            try await journal.enter(.kept, document)
            return await journal.record
        }
        var last = runner(rest.plan)
        last.stage = .rest
        last.follows = foundation.id
        last.notes = notes
        last.shortfall = shortfall
        return try await last.carryOut(approvals: [])
    }

    /// The second stage, from what is on the device now.
    private func rest(after foundation: RunRecord) async throws(OperationError) -> RestorePlan.Rest {
        guard let document = RunDocument(foundation.document) else {
            throw OperationError(.storeCorrupt, "The record of run \(foundation.id) cannot be read")
        }
        let (vault, manifest) = try await context.manifest(plan.backup)
        let (_, copy) = try await context.manifest(document.safetyCopy)
        let earlier: [FileEntry]
        do { earlier = try await vault.entries(of: copy) } catch { throw OperationError(error) }
        guard let maps = RestoreMaps(stored: plan.maps) else {
            throw OperationError(.planAltered, "Plan \(id) names maps that are none")
        }
        var scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: plan.sections, paths: plan.paths,
            excluding: plan.excludes, isInPlace: true)
        scope.places = plan.containers?.places ?? []
        do { scope.add(try await vault.entries(of: manifest), at: scope.places) } catch {
            throw OperationError(error)
        }
        let reading = try await RestoreReading.read(
            device, scope, vault, context.services.restoreHash(), context,
            RestoreReading.Translation(maps: maps, owners: plan.owners, isOther: plan.isForOther))
        let around = plan.remainder.filter { $0.isAround && $0.action == .create }.map(\.subject)
        let missing: [[UInt8]]
        do {
            missing = try await FolderProbe.missing(of: around, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        let whole = copy.sections.filter { $0.status == .ok || $0.status == .absent }.map(\.name)
        var rest = plan.rest(
            reading.facts, earlier: Set(earlier.map(\.path)), wholeBefore: Set(whole),
            accounts: AccountTable(things: OtherAccounts.things(reading.present)), missing: Set(missing))
        rest.leaveOpen(reading.gaps.unread(plan.sections), of: plan)
        return rest
    }
}
