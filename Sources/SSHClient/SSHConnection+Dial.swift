import Basics
import Glibc
import RemoteExecution

extension SSHConnection {
    /// How long one address may take before the next one is tried beside it.
    private static let stagger: Duration = .milliseconds(250)

    /// Connects a socket to the endpoint: all its addresses in turn, each a quarter of a second after the one before
    /// or as soon as that failed; the first that answers wins.
    func dial(until deadline: Deadline) async throws(ShellError) -> Descriptor {
        var waiting = try await addresses(until: deadline)[...]
        var attempts: [Descriptor] = []
        var reason = "no address"
        defer { for attempt in attempts { loop.detach(attempt) } }
        while true {
            var next: ContinuousClock.Instant?
            if let address = waiting.popFirst() {
                do throws(SystemError) {
                    let attempt = try address.beginConnecting()
                    try loop.attach(attempt, to: key)
                    attempts.append(attempt)
                } catch {
                    reason = error.reason
                    continue
                }
                if !waiting.isEmpty { next = .now + Self.stagger }
            }
            while !attempts.isEmpty, next.map({ .now < $0 }) ?? true {
                for index in attempts.indices.reversed() {
                    guard let code = attempts[index].connectionResult else { continue }
                    if code == 0 { return attempts[index] }
                    reason = SystemError("connect", code: code).reason
                    loop.detach(attempts.remove(at: index))
                }
                if attempts.isEmpty { break }
                try await pause(until: deadline, orUntil: next)
            }
            if attempts.isEmpty, waiting.isEmpty { throw unreachable(reason) }
        }
    }

    /// Like `pause(until:)`, but returns normally at `early`.
    private func pause(
        until deadline: Deadline, orUntil early: ContinuousClock.Instant?
    ) async throws(ShellError) {
        guard let early, early < deadline.instant else { return try await pause(until: deadline) }
        if await wait(until: early) == .interrupted { try await pause(until: deadline) }
    }

    private func addresses(until deadline: Deadline) async throws(ShellError) -> [SocketAddress] {
        let (host, port, families) = (endpoint.host, endpoint.port, endpoint.families)
        if case .success(let numeric) = SocketAddress.find(
            host, port: port, families: families, numericOnly: true)
        {
            return numeric
        }
        let found = try await outsource(to: services.resolvers, until: deadline) {
            SocketAddress.find(host, port: port, families: families)
        }
        switch found {
        case .success(let addresses): return addresses
        case .failure(let failure):
            throw ShellError(
                .unknownHost, "The name ‘\(host)’ of \(endpoint.label) cannot be resolved: \(failure.reason)",
                hint: failure.isFinal ? "Check the name, or give the address." : "Try again later.")
        }
    }

    private func unreachable(_ reason: String) -> ShellError {
        ShellError(
            .unreachable,
            "Cannot reach \(endpoint.label) at \(endpoint.host) port \(endpoint.port): \(reason)",
            hint: "Check that the machine is on, that its SSH server runs and that no firewall is between.")
    }
}
