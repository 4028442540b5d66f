import Basics
import Collectors
import Restore
import Vault

/// Where the inspections of an engine are read from.
enum EngineReading {
    /// Sections that say what an engine holds, and which ports are taken.
    static let sections = Set(EngineState.sources.keys).union(EngineState.instanceSections)
        .union([ListeningPortsCollector.name])

    /// The engine as a backup knows it.
    static func state(of manifest: Manifest, in vault: Vault) async throws(VaultError) -> EngineState {
        var outputs: [Place: [UInt8]] = [:]
        for section in manifest.sections {
            for capture in captures(of: section) {
                outputs[Place(section, capture)] = try await vault.bytes(of: capture.output)
            }
        }
        return EngineState { outputs[Place(section: $0, probe: $1)] }
    }

    /// The engine as it was just read.
    ///
    /// - Throws: `collectionFailed` for an engine that answers and did not tell everything: what it holds besides would
    ///   look as if it were missing.
    static func state(
        of reading: DeviceBackup.Reading, meter: ContentMeter, items: [String: [InventoryItem]]
    ) async throws(OperationError) -> EngineState {
        var outputs: [Place: [UInt8]] = [:]
        for section in reading.sections {
            for capture in captures(of: section) {
                guard let bytes = await meter.bytes(of: capture.output) else {
                    throw OperationError(
                        .collectionFailed, "What \(section.name) says is too large to be compared")
                }
                outputs[Place(section, capture)] = bytes
            }
        }
        var state = EngineState { outputs[Place(section: $0, probe: $1)] }
        try checkWhole(state, reading.sections)
        state = state.resolving(BindPlacesCollector.links(items[BindPlacesCollector.name] ?? []))
        state.listening = Set(
            (items[ListeningPortsCollector.name] ?? []).filter { $0.kind == "port" }.map(\.name))
        return state
    }

    /// - Throws: `collectionFailed` when `state` is of an engine that answered, and one of `sections` was not read.
    static func checkWhole(_ state: EngineState, _ sections: [SectionRecord]) throws(OperationError) {
        let unread = sections.first { EngineState.sources[$0.name] != nil && captures(of: $0).isEmpty }
        guard state.isThere, let section = unread else { return }
        let why = section.reason.isEmpty ? section.status.rawValue : section.reason
        throw OperationError(
            .collectionFailed, "The engine answers and \(section.name) could not be read: \(why)",
            hint: "Plan again, or leave containers as they are with --keep-containers.")
    }

    /// Where an output belongs.
    private struct Place: Hashable {
        let section: String
        let probe: String

        init(section: String, probe: String) { (self.section, self.probe) = (section, probe) }

        init(_ section: SectionRecord, _ capture: SectionRecord.Capture) {
            self.init(section: section.name, probe: capture.probe)
        }
    }

    private static func captures(of section: SectionRecord) -> [SectionRecord.Capture] {
        let probes = EngineState.probes(of: section.name)
        return section.captures.filter { probes.contains($0.probe) && $0.outcome == "exited:0" }
    }
}
