import Basics
import Codecs
import Collectors
import RemoteExecution
import Restore
import Vault

/// The machine as it is now, in the scope of a restore, beside what the backup says.
struct RestoreReading: Sendable {
    let facts: PlanFacts
    let present: DeviceState
    let wanted: DeviceState
    /// Machine id of the device as it said it now; empty when unknown.
    let machineID: String

    /// Reads the device once; nothing of it is stored.
    static func read(
        _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ hash: KeyedHash,
        _ context: OperationContext
    ) async throws(OperationError) -> RestoreReading {
        let meter = await vault.meter()
        let backup = backup(device, scope, vault, meter, context)
        return try await state(of: backup.read(), scope, vault, meter, hash, context)
    }

    private static func backup(
        _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ meter: ContentMeter,
        _ context: OperationContext
    ) -> DeviceBackup {
        DeviceBackup(
            device: device, request: scope.request(named: ""), vault: vault, earlier: nil,
            reusesInventories: false, intake: meter, context: context, onBytes: { _ in })
    }

    /// Confirms a run and, where that kept it, reads the device in the same connection.
    ///
    /// - Parameter read: gets the reading, or why there is none; not called when nothing was kept.
    /// - Throws: `ShellError` when the device does not say what it decided.
    static func confirm(
        _ session: RestoreSession, _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ hash: KeyedHash,
        _ context: OperationContext, read: (Result<RestoreReading, OperationError>) -> Void
    ) async throws(ShellError) -> RestoreSession.Status {
        let meter = await vault.meter()
        let backup = backup(device, scope, vault, meter, context)
        let course: DeviceBackup.Course
        do { course = try await backup.course() } catch { throw ShellError(.consumer, error.message) }
        let own = course.plan.steps.count
        let reader = RestoreReader(boundary: course.boundary, own: own..<own + 1)
        var limits = backup.request.limits
        limits.connect = .seconds(10)
        let job = ShellJob(
            input: course.plan.script(boundary: course.boundary, after: [session.confirmation], before: []),
            limits: limits)
        var interruption: ShellError?
        do throws(ShellError) {
            _ = try await context.services.transport.run(
                job, on: device, into: SharedConsumer(course.reader, answering: reader))
        } catch { interruption = error }
        guard let result = await reader.results[own], result.hasEnded else {
            if let interruption { throw interruption }
            return try RestoreSession.status(nil)
        }
        let status = try RestoreSession.status(result)
        guard status.phase == .kept else { return status }
        do throws(OperationError) {
            let reading = try await backup.reading(of: course, interruption: interruption)
            read(.success(try await state(of: reading, scope, vault, meter, hash, context)))
        } catch { read(.failure(error)) }
        return status
    }

    private static func state(
        of reading: DeviceBackup.Reading, _ scope: RestoreScope, _ vault: Vault, _ meter: ContentMeter,
        _ hash: KeyedHash, _ context: OperationContext
    ) async throws(OperationError) -> RestoreReading {
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        do {
            let present = try await comparison.state(of: reading, meter: meter)
            let wanted = try await comparison.state(of: scope.manifest)
            return RestoreReading(
                facts: facts(scope, present, wanted, reading.assembly.backupDevice.machineID, hash),
                present: present, wanted: wanted, machineID: reading.assembly.backupDevice.machineID)
        } catch { throw OperationError(any: error) }
    }

    private static func facts(
        _ scope: RestoreScope, _ present: DeviceState, _ wanted: DeviceState, _ machineID: String,
        _ hash: KeyedHash
    ) -> PlanFacts {
        let backupID = scope.manifest.summary.device.machineID
        let whole = Set(
            scope.sections.filter { name in
                name != DeviceBackup.ownPathsSection && wanted.sections[name] == "ok"
                    && present.sections[name] == "ok"
            })
        var facts = PlanFacts(
            wanted: scope.wanted, present: scope.present(present.files, sectionNames: present.sectionNames),
            wantedSections: wanted.sectionNames, presentSections: present.sectionNames, wholeSections: whole,
            isSameMachine: !machineID.isEmpty && machineID == backupID, hash: hash)
        guard scope.globs.isEmpty else {
            facts.users = users(present)
            return facts
        }
        let packages = Set(scope.sections.filter { $0.hasPrefix("packages-") })
        facts.wantedPackages = named(wanted, packages, kind: "package", field: "version")
        facts.presentPackages = named(present, packages, kind: "package", field: "version")
        let units: Set = scope.sections.contains("systemd-units") ? ["systemd-units"] : []
        facts.wantedUnits = named(wanted, units, kind: "unit", field: "state")
        facts.presentUnits = named(present, units, kind: "unit", field: "state")
        facts.users = users(present)
        return facts
    }

    private static func users(_ state: DeviceState) -> Set<String> {
        Set((state.items["users"] ?? []).filter { $0.kind == "user" }.map(\.name))
    }

    private static func named(
        _ state: DeviceState, _ sections: Set<String>, kind: String, field: String
    ) -> [PlanFacts.Named] {
        sections.sorted().flatMap { section in
            (state.items[section] ?? []).filter { $0.kind == kind }.map { item in
                PlanFacts.Named(
                    name: item.name, value: item.fields[field]?.string ?? "", section: section)
            }
        }
    }
}
