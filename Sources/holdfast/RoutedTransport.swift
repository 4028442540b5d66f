import RemoteExecution

/// Runs on this machine what is for `local`, and over SSH all else.
struct RoutedTransport: DeviceTransport {
    let local: any DeviceTransport
    /// Made when the first device is reached over SSH.
    let remote: @Sendable () throws(ShellError) -> any DeviceTransport

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        switch device.connection {
        case .local: try await local.run(job, on: device, into: consumer)
        case .ssh: try await remote().run(job, on: device, into: consumer)
        }
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        try await remote().hostKey(of: target, within: limit)
    }
}
