import Basics
import Codecs
import RemoteExecution
import Storage
import Vault

/// The services of a caller who may use only some devices: the others are not there.
struct ScopedServices: Services {
    let base: any Services
    let scope: DeviceScope

    var transport: any DeviceTransport { base.transport }
    var redactor: Redactor { base.redactor }
    var paths: StatePaths { base.paths }
    var launcher: any JobLauncher { base.launcher }
    var troubles: [String] { base.troubles }
    var libraries: [LateLibrary] { base.libraries }

    func registry() async throws(OperationError) -> any DeviceRegistry {
        ScopedRegistry(base: try await base.registry(), scope: scope)
    }

    func audit() async throws(OperationError) -> any AuditTrail { try await base.audit() }
    func inspection() async throws(OperationError) -> any StoreInspection { try await base.inspection() }
    func restoreHash() async throws(OperationError) -> KeyedHash { try await base.restoreHash() }
    func ledger() async throws(OperationError) -> any RestoreLedger {
        ScopedLedger(base: try await base.ledger(), scope: scope)
    }
    func policies() async throws(OperationError) -> any PolicyStore { try await base.policies() }
    func jobs() async throws(OperationError) -> any JobStore { try await base.jobs() }
    func tokens() async throws(OperationError) -> any TokenStore { try await base.tokens() }
    func tokenHash() async throws(OperationError) -> KeyedHash { try await base.tokenHash() }
    func vault() async throws(OperationError) -> Vault { try await base.vault() }

    func createStore(startingAnew: Bool) async throws(OperationError) {
        try await base.createStore(startingAnew: startingAnew)
    }
}

/// A registry in which only the devices of a scope are.
private struct ScopedRegistry: DeviceRegistry {
    let base: any DeviceRegistry
    let scope: DeviceScope

    func devices() async throws(StoreError) -> [Device] {
        try await base.devices().filter { scope.contains($0.name) }
    }

    func device(named name: DeviceName) async throws(StoreError) -> Device? {
        scope.contains(name) ? try await base.device(named: name) : nil
    }

    func add(_ device: Device) async throws(StoreError) {
        try check(device.name)
        try await base.add(device)
    }

    func replace(_ earlier: Device, with device: Device) async throws(StoreError) -> Bool {
        try check(earlier.name)
        try check(device.name)
        return try await base.replace(earlier, with: device)
    }

    func remove(_ name: DeviceName) async throws(StoreError) {
        try check(name)
        try await base.remove(name)
    }

    private func check(_ name: DeviceName) throws(StoreError) {
        guard scope.contains(name) else {
            throw StoreError(.notFound, "there is no device called ‘\(name)’")
        }
    }
}
