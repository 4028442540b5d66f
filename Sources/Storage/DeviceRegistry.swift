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
    /// Puts `device` in the place of `earlier`, of the same name.
    /// - Returns: false, and changes nothing, where somebody else changed it since.
    /// - Throws: `notFound` when there is none.
    func replace(_ earlier: Device, with device: Device) async throws(StoreError) -> Bool
    /// Forgets a device; its backups stay.
    /// - Throws: `notFound` when there is none; `conflict` for `local`.
    func remove(_ name: DeviceName) async throws(StoreError)
}
