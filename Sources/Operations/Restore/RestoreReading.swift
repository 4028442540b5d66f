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
    /// Numbers of owners on this machine, where it is not the backup's.
    let owners: OwnerMap
    /// The backup's files in scope, as they would be here.
    let backup: MappedBackup
    /// What could not be compared.
    let gaps: PlanGaps

    /// How the backup is read for another machine.
    struct Translation: Sendable {
        var maps = RestoreMaps([])
        /// Nil to find them out.
        var owners: OwnerMap?
        /// The target was named: even a machine with the backup's id is another one.
        var isOther = false
    }
    /// What the container engine holds; absent when it was not asked.
    let engine: EngineState

    /// Reads the device once; nothing of it is stored.
    static func read(
        _ device: Device, _ scope: RestoreScope, _ vault: Vault, _ hash: KeyedHash,
        _ context: OperationContext, _ translation: Translation = Translation()
    ) async throws(OperationError) -> RestoreReading {
        try await RestoreInquiry(device, scope, vault, hash, context, translation).read()
    }

    /// - Parameter scope: what is read, under the names of this machine.
    init(
        _ device: Device, _ scope: RestoreScope, _ present: DeviceState, _ wanted: DeviceState,
        _ machineID: String, _ hash: KeyedHash, _ mapped: MappedBackup, _ translation: Translation,
        _ engine: EngineState
    ) {
        self.engine = engine

        let isSame = !machineID.isEmpty && machineID == scope.manifest.summary.device.machineID
        let whole = Set(
            scope.sections.filter { name in
                name != DeviceBackup.ownPathsSection && wanted.sections[name] == "ok"
                    && present.sections[name] == "ok"
            })
        var facts = PlanFacts(
            wanted: mapped.entries,
            present: scope.present(present.files, sectionNames: present.sectionNames),
            wantedSections: wanted.sectionNames, presentSections: present.sectionNames, wholeSections: whole,
            isSameMachine: isSame && !translation.isOther, hash: hash)
        var backup = mapped
        if !facts.isSameMachine {
            let other = OtherAccounts(device, scope, wanted: wanted, present: present, translation)
            facts.other = other.machine
            facts.accounts = other.plan
            owners = translation.owners ?? other.owners(of: mapped.entries)
            backup.number(owners)
            facts.wanted = backup.entries
        } else {
            owners = OwnerMap()
        }
        facts.users = Set((present.items["users"] ?? []).filter { $0.kind == "user" }.map(\.name))
        let gaps = PlanGaps(scope, wanted: wanted, present: present)
        if scope.globs.isEmpty { Self.fillStates(&facts, gaps.compared, wanted, present) }
        self.gaps = gaps
        self.facts = facts
        self.present = present
        self.wanted = Self.replacing(wanted, with: backup)
        self.machineID = machineID
        self.backup = backup
    }

    /// The backup's state with its files as they would be here.
    private static func replacing(_ state: DeviceState, with backup: MappedBackup) -> DeviceState {
        let mapped = Dictionary(backup.entries.map { ($0.path, $0) }) { first, _ in first }
        var files = state.files.filter { mapped[$0.path] == nil } + backup.entries
        files.sort { ByteOrder.precedes($0.path, $1.path) }
        return DeviceState(
            label: state.label, sections: state.sections, items: state.items, files: files,
            sectionNames: state.sectionNames, meter: state.meter, texts: backup.contents)
    }

    private static func fillStates(
        _ facts: inout PlanFacts, _ known: Set<String>, _ wanted: DeviceState, _ present: DeviceState
    ) {
        let packages = known.filter { $0.hasPrefix("packages-") }
        facts.wantedPackages = self.packages(wanted, packages)
        facts.presentPackages = self.packages(present, packages)
        let units: Set = known.contains("systemd-units") ? ["systemd-units"] : []
        facts.wantedUnits = named(wanted, units, kind: "unit", field: "state")
        facts.presentUnits = named(present, units, kind: "unit", field: "state")
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

    /// Packages, as their package manager wants them named; those that no source has are left out.
    /// - Parameter statuses: those in one of these states.
    static func packages(
        _ state: DeviceState, _ sections: Set<String>, in statuses: Set<String> = ["", "installed"]
    ) -> [PlanFacts.Named] {
        let native = (state.items["packages-dpkg"] ?? []).first { $0.kind == "architecture" }?
            .fields["native"]?.string
        return sections.sorted().flatMap { section in
            (state.items[section] ?? []).compactMap { item -> PlanFacts.Named? in
                guard item.kind == "package", item.fields["foreign"]?.bool != true,
                    statuses.contains(item.fields["status"]?.string ?? "")
                else { return nil }
                var name = item.name
                if section == "packages-dpkg", let colon = name.lastIndex(of: ":") {
                    let architecture = name[name.index(after: colon)...]
                    if architecture == "all" || architecture == native ?? "" { name = String(name[..<colon]) }
                }
                var marks: Set<String> = []
                if let isManual = item.fields["manual"]?.bool {
                    marks.insert(isManual ? PackageCommands.byHand : PackageCommands.dependency)
                }
                if item.fields["held"]?.bool == true { marks.insert(PackageCommands.held) }
                return PlanFacts.Named(
                    name: name, value: item.fields["version"]?.string ?? "", section: section, marks: marks)
            }
        }
    }
}
