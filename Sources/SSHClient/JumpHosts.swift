import RemoteExecution
import Synchronization

/// The connections to jump hosts, each shared by all devices behind it.
///
/// They do not count as runs: a run that waits for a place must not hold one up that it needs itself.
final class JumpHosts: Sendable {
    /// A connection that is being made, for those who wait for it.
    private final class Opening: Sendable {
        let result = Mutex<Result<SSHConnection, ShellError>?>(nil)
        let waiters = Mutex<[EventLoop.Key]>([])
    }

    private enum Entry {
        case opening(Opening)
        case open(SSHConnection)
    }

    private let services: SSHServices
    private let entries = Mutex<[SSHRoute: Entry]>([:])

    /// Without any connection yet.
    init(services: SSHServices) { self.services = services }

    /// A stream that leads to the target of `route`; nil when that is reached directly.
    func tunnel(along route: SSHRoute, within limit: Duration) async throws(ShellError) -> Descriptor? {
        guard let outer = route.toLastJump else { return nil }
        let deadline = Deadline(limit, "No connection to \(route.target.label) through \(outer.target.label)")
        while true {
            let jump = try await connection(along: outer, within: limit, until: deadline)
            do throws(ShellError) {
                return try await services.loop.staying { () async throws(ShellError) in
                    try await jump.openTunnel(to: route.target, until: deadline)
                }
            } catch {
                // It ended between two runs: make a new one.
                guard error.code == .disconnected else { throw error }
                forget(jump, along: outer)
                if deadline.instant < .now { throw deadline.error }
            }
        }
    }

    /// Closes all of them.
    func close() async {
        let all = entries.withLock { entries in
            defer { entries = [:] }
            return entries.values.compactMap {
                if case .open(let connection) = $0 { connection } else { nil }
            }
        }
        for connection in all { await connection.close() }
    }

    private func connection(
        along route: SSHRoute, within limit: Duration, until deadline: Deadline
    ) async throws(ShellError) -> SSHConnection {
        while true {
            let (entry, isMine) = entries.withLock { entries in
                if let entry = entries[route] { return (entry, false) }
                let entry = Entry.opening(Opening())
                entries[route] = entry
                return (entry, true)
            }
            switch entry {
            case .open(let connection): return connection
            case .opening(let opening) where isMine: return try await open(route, within: limit, opening)
            case .opening(let opening):
                let result = try await wait(for: opening, until: deadline)
                if case .failure(let error) = result, error.code == .cancelled { continue }
                return try result.get()
            }
        }
    }

    private func open(
        _ route: SSHRoute, within limit: Duration, _ opening: Opening
    ) async throws(ShellError) -> SSHConnection {
        let connection = SSHConnection(to: route.target, services: services)
        let result = await steering(connection) { () async throws(ShellError) in
            let stream = try await self.tunnel(along: route, within: limit)
            try await connection.open(through: stream, within: limit)
            return connection
        }
        entries.withLock { entries in
            if case .success = result { entries[route] = .open(connection) } else { entries[route] = nil }
        }
        if case .success = result {
            await connection.serveTunnels(keeping: services.settings.keepsIdle) { [weak self] connection in
                self?.forget(connection, along: route)
            }
        } else {
            await connection.close()
        }
        let waiters = opening.waiters.withLock { waiters in
            opening.result.withLock { $0 = result }
            return waiters
        }
        for key in waiters { services.loop.signal(key) }
        return try result.get()
    }

    private func wait(
        for opening: Opening, until deadline: Deadline
    ) async throws(ShellError) -> Result<SSHConnection, ShellError> {
        let loop = services.loop
        let key = loop.makeKey()
        defer { loop.remove(key) }
        let isOver = opening.waiters.withLock { waiters in
            waiters.append(key)
            return opening.result.withLock { $0 != nil }
        }
        if !isOver {
            let wake = await withTaskCancellationHandler {
                await withCheckedContinuation { loop.park($0, on: key, until: deadline.instant) }
            } onCancel: {
                loop.interrupt(key)
            }
            if wake == .deadline { throw deadline.error }
        }
        guard let result = opening.result.withLock({ $0 }) else {
            throw ShellError(.cancelled, "Waiting for a jump host was cancelled")
        }
        return result
    }

    private func forget(_ connection: SSHConnection, along route: SSHRoute) {
        entries.withLock { entries in
            if case .open(let known)? = entries[route], known === connection { entries[route] = nil }
        }
    }
}
