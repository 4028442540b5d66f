package import RemoteExecution

/// The registered devices.
///
/// `local` is always among them.
package protocol DeviceRegistry: Sendable {
    /// All devices, sorted by name.
    func devices() async throws(StoreError) -> [Device]
    /// Nil when no device has this name.
    func device(named name: DeviceName) async throws(StoreError) -> Device?
    /// Adds a device.
    /// - Throws: `conflict` when the name is taken.
    func add(_ device: Device) async throws(StoreError)
    /// Replaces the device of the same name.
    /// - Throws: `notFound` when there is none.
    func update(_ device: Device) async throws(StoreError)
    /// Forgets a device; its backups stay.
    /// - Throws: `notFound` when there is none; `conflict` for `local`.
    func remove(_ name: DeviceName) async throws(StoreError)
}
