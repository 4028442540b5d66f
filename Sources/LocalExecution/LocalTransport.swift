import Basics
package import RemoteExecution

/// Runs scripts on the machine Holdfast itself runs on, without SSH.
///
/// Each run has one dispatch queue for its blocking calls and is bounded by the job's limits like a remote one.
package struct LocalTransport: DeviceTransport {
    package init() {}

    package func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        let pump: LocalPump
        do { pump = try LocalPump(job) } catch {
            throw ShellError(.unreachable, "Cannot start a shell on this machine: \(error)")
        }
        return try await pump.run(into: consumer)
    }

    package func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.configuration, "This machine itself is reached without SSH and has no host key")
    }
}
