import Basics
import Collectors
import Restore
import Vault

/// Where the inspections of an engine are read from.
enum EngineReading {
    /// Sections that say what an engine holds, and which ports are taken.
    static let sections = Set(EngineState.sources.keys).union(EngineState.instanceSources.keys)
        .union([ListeningPortsCollector.name])

    /// The engine as a backup knows it.
    static func state(of manifest: Manifest, in vault: Vault) async throws(VaultError) -> EngineState {
        var outputs: [String: [UInt8]] = [:]
        for section in manifest.sections {
            guard let capture = capture(of: section) else { continue }
            outputs[section.name] = try await vault.bytes(of: capture.output)
        }
        return EngineState { outputs[$0] }
    }

    /// The engine as it was just read.
    ///
    /// - Throws: `collectionFailed` for an engine that answers and did not tell everything: what it holds besides would
    ///   look as if it were missing.
    static func state(
        of reading: DeviceBackup.Reading, meter: ContentMeter, items: [String: [InventoryItem]]
    ) async throws(OperationError) -> EngineState {
        var outputs: [String: [UInt8]] = [:]
        for section in reading.sections {
            guard let capture = capture(of: section) else { continue }
            guard let bytes = await meter.bytes(of: capture.output) else {
                throw OperationError(
                    .collectionFailed, "What \(section.name) says is too large to be compared")
            }
            outputs[section.name] = bytes
        }
        var state = EngineState { outputs[$0] }
        try checkWhole(state, reading.sections)
        state.listening = Set(
            (items[ListeningPortsCollector.name] ?? []).filter { $0.kind == "port" }.map(\.name))
        return state
    }

    /// - Throws: `collectionFailed` when `state` is of an engine that answered, and one of `sections` was not read.
    static func checkWhole(_ state: EngineState, _ sections: [SectionRecord]) throws(OperationError) {
        let unread = sections.first { EngineState.sources[$0.name] != nil && capture(of: $0) == nil }
        guard state.isThere, let section = unread else { return }
        let why = section.reason.isEmpty ? section.status.rawValue : section.reason
        throw OperationError(
            .collectionFailed, "The engine answers and \(section.name) could not be read: \(why)",
            hint: "Plan again, or leave containers as they are with --keep-containers.")
    }

    private static func capture(of section: SectionRecord) -> SectionRecord.Capture? {
        guard let probe = EngineState.sources[section.name] ?? EngineState.instanceSources[section.name]
        else { return nil }
        return section.captures.first { $0.probe == probe && $0.outcome == "exited:0" }
    }
}
