import RemoteExecution
import Synchronization

/// Runs on this machine what is for `local`, and over SSH all else.
struct RoutedTransport: DeviceTransport {
    let local: any DeviceTransport
    let remote: any DeviceTransport
    /// Called before anything goes over SSH.
    let beforeRemote: @Sendable () async throws(ShellError) -> Void

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        switch device.connection {
        case .local: return try await local.run(job, on: device, into: consumer)
        case .ssh:
            try await beforeRemote()
            return try await remote.run(job, on: device, into: consumer)
        }
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        try await beforeRemote()
        return try await remote.hostKey(of: target, within: limit)
    }
}

/// Makes a transport, with its threads, only when the first device needs it.
final class LazyTransport: DeviceTransport {
    private let make: @Sendable () throws(ShellError) -> any DeviceTransport
    private let made = Mutex<(any DeviceTransport)?>(nil)

    init(make: @escaping @Sendable () throws(ShellError) -> any DeviceTransport) { self.make = make }

    private func transport() throws(ShellError) -> any DeviceTransport {
        try made.withLock { (made) throws(ShellError) in
            if let made { return made }
            let new = try make()
            made = new
            return new
        }
    }

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        try await transport().run(job, on: device, into: consumer)
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        try await transport().hostKey(of: target, within: limit)
    }
}
