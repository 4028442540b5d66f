import RemoteExecution
import Storage
import Synchronization

/// The pinned host keys of the registered devices, for those of them that are jump hosts of others.
final class RegisteredKeys: Sendable {
    private let devices = Mutex<[Device]>([])

    /// Takes in the devices as they are registered now.
    func load(from registry: any DeviceRegistry) async throws(StoreError) {
        let present = try await registry.devices()
        devices.withLock { $0 = present }
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
