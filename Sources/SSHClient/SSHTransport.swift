package import RemoteExecution

/// Runs scripts on devices over SSH.
///
/// This module speaks SSH through libssh on one event loop; it knows nothing of collectors, vaults or registries.
/// A run that is not given a host key to expect never gets as far as a login.
package final class SSHTransport: DeviceTransport {
    private let services: SSHServices
    private let pool: ConnectionPool
    private let jumps: JumpHosts
    private let routes: SSHRouteFinder

    /// - Throws: `configuration` when the kernel gives no descriptors; `libraryMissing`.
    package init(_ settings: SSHSettings) throws(ShellError) {
        if let lack = SSHLibraries.lack {
            throw ShellError(
                .libraryMissing, "libssh, which connects to devices, cannot be loaded: \(lack)",
                hint: "Install it; on Debian: apt-get install --reinstall libssh-4 libssl3")
        }
        services = try SSHServices(settings: settings)
        pool = ConnectionPool(services: services)
        jumps = JumpHosts(services: services)
        routes = SSHRouteFinder(services: services)
    }

    deinit { services.loop.stop() }

    /// Closes the connections that are kept for later runs; runs under way are not touched.
    package func shutdown() async {
        await pool.close()
        await jumps.close()
    }

    /// Connections that are kept for later runs now.
    var keptConnections: Int { pool.kept }

    package func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        guard case .ssh(let target) = device.connection else {
            throw ShellError(.configuration, "\(device.name) is no SSH device")
        }
        guard let hostKey = device.hostKey else {
            throw ShellError(
                .hostKeyUnknown, "No host key is pinned for \(device.name)",
                hint: "Look at its fingerprint and trust it: holdfast device trust \(device.name)")
        }
        let route = try await routes.route(to: target, named: device.name.text, trust: .keys([hostKey]))
        let ticket = try await pool.acquire(route)
        services.loop.join()
        defer {
            services.loop.leave()
            pool.release(ticket)
        }
        if let kept = await pool.takeIdle(route) {
            let result = await steering(kept) { () async throws(ShellError) in
                try await kept.begin(job, since: .now)
            }
            switch result {
            case .success:
                return try await SSHRun(job: job, connection: kept, consumer: consumer, connecting: .zero)
                    .carryOut(in: pool, along: route)
            case .failure(let error):
                await kept.close()
                // It died while it was kept; nothing was run on it.
                guard error.code == .disconnected else { throw error }
            }
        }
        return try await runAfresh(job, along: route, into: consumer)
    }

    package func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        let route = try await routes.route(to: target, named: nil, trust: .observe)
        let connection = SSHConnection(to: route.target, services: services)
        let result = await steering(connection) { () async throws(ShellError) in
            let tunnel = try await self.jumps.tunnel(along: route, within: limit)
            return try await connection.observeHostKey(through: tunnel, within: limit)
        }
        await connection.close()
        return try result.get()
    }

    private func runAfresh(
        _ job: ShellJob, along route: SSHRoute, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        let start = ContinuousClock.now
        let connection = SSHConnection(to: route.target, services: services)
        let opened = await steering(connection) { () async throws(ShellError) in
            let limit = min(job.limits.connect, job.limits.total)
            let tunnel = try await self.jumps.tunnel(along: route, within: limit)
            try await connection.open(through: tunnel, within: limit)
            let connecting = ContinuousClock.now - start
            try await connection.begin(job, since: start)
            return connecting
        }
        switch opened {
        case .success(let connecting):
            return try await SSHRun(
                job: job, connection: connection, consumer: consumer, connecting: connecting
            )
            .carryOut(in: pool, along: route)
        case .failure(let error):
            await connection.close()
            throw await explained(error, along: route)
        }
    }

    /// A failed key exchange may mean that the machine no longer has a host key of the pinned type.
    private func explained(_ error: ShellError, along route: SSHRoute) async -> ShellError {
        guard error.code == .protocolFailure, case .keys(let pinned) = route.target.trust else {
            return error
        }
        var observed = route.target
        observed.trust = .observe
        let connection = SSHConnection(to: observed, services: services)
        let result = await steering(connection) { () async throws(ShellError) in
            let tunnel = try await self.jumps.tunnel(along: route, within: .seconds(5))
            return try await connection.observeHostKey(through: tunnel, within: .seconds(5))
        }
        await connection.close()
        guard case .success(let key) = result, !pinned.contains(where: { $0.algorithm == key.algorithm })
        else {
            return error
        }
        return SSHConnection.hostKeyChanged(route.target, pinned: pinned, presented: key)
    }
}

/// Runs `body` so that cancelling the task ends `connection` at once.
func ending<Value: Sendable>(
    _ connection: SSHConnection, _ body: () async throws(ShellError) -> Value
) async -> Result<Value, ShellError> {
    await withTaskCancellationHandler {
        do throws(ShellError) {
            return .success(try await body())
        } catch {
            // The cancelled connection may have failed in any way.
            return .failure(connection.isAborted ? connection.cancellation : error)
        }
    } onCancel: {
        connection.abort()
    }
}

/// Like `ending`, for a `body` that calls the connection only and hence stays on the event loop.
func steering<Value: Sendable>(
    _ connection: SSHConnection, _ body: () async throws(ShellError) -> Value
) async -> Result<Value, ShellError> {
    await ending(connection) { () async throws(ShellError) in
        try await connection.loop.staying(body)
    }
}
