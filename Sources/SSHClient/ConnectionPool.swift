import RemoteExecution
import Synchronization

/// The places for runs, and the connections kept between them.
final class ConnectionPool: Sendable {
    private struct State {
        var queue: ConnectionQueue
        var waiters: [ConnectionQueue.Ticket: EventLoop.Key] = [:]
        var idle: [SSHRoute: [SSHConnection]] = [:]
        var isClosed = false
    }

    private let services: SSHServices
    private let state: Mutex<State>

    /// A pool with the limits of the settings.
    init(services: SSHServices) {
        self.services = services
        let settings = services.settings
        state = Mutex(
            State(queue: ConnectionQueue(limit: settings.maxConnections, perDevice: settings.perDevice)))
    }

    /// Waits for a place for a run at the end of `route`.
    ///
    /// - Throws: `cancelled` when the task is cancelled while it waits.
    func acquire(_ route: SSHRoute) async throws(ShellError) -> ConnectionQueue.Ticket {
        let key = services.loop.makeKey()
        defer { services.loop.remove(key) }
        let target = route.target
        let (ticket, isGranted) = state.withLock { state in
            let answer = state.queue.request("\(target.user)@\(target.host):\(target.port)")
            if !answer.isGranted { state.waiters[answer.ticket] = key }
            return answer
        }
        if isGranted { return ticket }
        let loop = services.loop
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { loop.park($0, on: key, until: nil) }
        } onCancel: {
            loop.interrupt(key)
        }
        guard wake == .interrupted else { return ticket }
        let withdrew = state.withLock { state in
            state.waiters[ticket] = nil
            return state.queue.withdraw(ticket)
        }
        if !withdrew { release(ticket) }
        throw ShellError(.cancelled, "The run on \(target.label) was cancelled before it began")
    }

    /// Gives a place back.
    func release(_ ticket: ConnectionQueue.Ticket) {
        let keys = state.withLock { state in
            state.queue.release(ticket).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for key in keys { services.loop.signal(key) }
    }

    /// Takes a kept connection that leads along `route`.
    func takeIdle(_ route: SSHRoute) async -> SSHConnection? {
        while let connection = pop(route) {
            if await connection.endIdling() { return connection }
            await connection.close()
        }
        return nil
    }

    /// Keeps or closes a connection after a run that ended well.
    func giveBack(_ connection: SSHConnection, along route: SSHRoute) async {
        let keeps = services.settings.keepsIdle
        guard keeps > .zero, state.withLock({ !$0.isClosed }), await connection.isReusable else {
            return await connection.close()
        }
        await connection.idle(until: .now + keeps) { [weak self] connection in
            self?.forget(connection, along: route)
        }
        let isKept = state.withLock { state in
            guard !state.isClosed else { return false }
            state.idle[route, default: []].append(connection)
            return true
        }
        if !isKept { await connection.close() }
    }

    /// Connections kept now.
    var kept: Int { state.withLock { $0.idle.values.reduce(0) { $0 + $1.count } } }

    /// Closes all kept connections and keeps no more.
    func close() async {
        let connections = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [:] }
            return state.idle.values.flatMap(\.self)
        }
        for connection in connections { await connection.close() }
    }

    private func pop(_ route: SSHRoute) -> SSHConnection? {
        state.withLock { state in
            let connection = state.idle[route]?.popLast()
            if state.idle[route]?.isEmpty == true { state.idle[route] = nil }
            return connection
        }
    }

    private func forget(_ connection: SSHConnection, along route: SSHRoute) {
        state.withLock { state in
            state.idle[route]?.removeAll { $0 === connection }
            if state.idle[route]?.isEmpty == true { state.idle[route] = nil }
        }
    }
}
