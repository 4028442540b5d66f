/// Runs scripts on devices: over SSH, on this machine, or in a test's memory.
package protocol DeviceTransport: Sendable {
    /// Runs `job` on `device` and hands its output to `consumer`.
    ///
    /// Cancelling the calling task closes the connection (ends the local process) and throws `cancelled`.
    func run(_ job: ShellJob, on device: Device, into consumer: any ShellConsumer) async throws(ShellError)
        -> ShellExit

    /// The host key that the machine at `target` presents; no login is tried and nothing is stored.
    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey
}
