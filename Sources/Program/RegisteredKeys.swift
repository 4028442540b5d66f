import RemoteExecution
import Storage
import Synchronization

/// The pinned host keys of the registered devices, for those of them that are jump hosts of others.
final class RegisteredKeys: Sendable {
    /// How long the registered devices are taken to be the same: a fleet would otherwise read all of them for each.
    private static let freshness = Duration.seconds(5)

    private let devices = Mutex<[Device]>([])
    private let loaded = Mutex<ContinuousClock.Instant?>(nil)

    /// Takes in the devices as they are registered now, or were a moment ago.
    func load(from registry: any DeviceRegistry) async throws(StoreError) {
        let now = ContinuousClock.now
        if let last = loaded.withLock(\.self), now - last < Self.freshness { return }
        let present = try await registry.devices()
        devices.withLock { $0 = present }
        loaded.withLock { $0 = now }
    }

    /// The keys of the devices that are reached at the address of `jump`, whoever logs in there.
    func keys(of jump: SSHTarget) -> [HostKey] {
        devices.withLock { devices in
            devices.compactMap { device in
                guard case .ssh(let target) = device.connection, target.host == jump.host,
                    target.port ?? 22 == jump.port ?? 22
                else { return nil }
                return device.hostKey
            }
        }
    }
}
