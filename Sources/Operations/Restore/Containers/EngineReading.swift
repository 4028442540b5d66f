import Basics
import Collectors
import Restore
import Vault

/// Where the inspections of an engine are read from.
enum EngineReading {
    /// Sections that say what an engine holds, and which ports are taken.
    static let sections = Set(EngineState.sources.keys).union([ListeningPortsCollector.name])

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
        state.listening = Set(
            (items[ListeningPortsCollector.name] ?? []).filter { $0.kind == "port" }.map(\.name))
        return state
    }

    private static func capture(of section: SectionRecord) -> SectionRecord.Capture? {
        guard let probe = EngineState.sources[section.name] else { return nil }
        return section.captures.first { $0.probe == probe && $0.outcome == "exited:0" }
    }
}
