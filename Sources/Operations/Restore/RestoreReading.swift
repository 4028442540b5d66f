import Basics
import Codecs
import Collectors
import RemoteExecution
import Restore
import Vault

/// The machine as it is now, in the scope of a restore, beside what the backup says.
struct RestoreReading: Sendable {
    var facts: PlanFacts
    let present: DeviceState
    let wanted: DeviceState
    /// Machine id of the device as it said it now; empty when unknown.
    let machineID: String
    /// What the container engine holds; absent when it was not asked.
    let engine: EngineState

    /// Reads the device once; nothing of it is stored.
    static func read(
        _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ hash: KeyedHash,
        _ context: OperationContext
    ) async throws(OperationError) -> RestoreReading {
        let meter = await vault.meter()
        let backup = DeviceBackup(
            device: device, request: scope.request(named: ""), vault: vault, earlier: nil,
            reusesInventories: false, intake: meter, context: context, onBytes: { _ in })
        let reading = try await backup.read()
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        do {
            let present = try await comparison.state(of: reading, meter: meter)
            let wanted = try await comparison.state(of: scope.manifest)
            let engine =
                scope.readsEngine
                ? try await EngineReading.state(of: reading, meter: meter, items: present.items) : .absent
            return RestoreReading(
                facts: facts(scope, present, wanted, reading.assembly.backupDevice.machineID, hash),
                present: present, wanted: wanted, machineID: reading.assembly.backupDevice.machineID,
                engine: engine)
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
