import Basics
import CLibSSH
import RemoteExecution

/// How a connection carries others.
struct TunnelService {
    /// How long it stays without a tunnel.
    let keeps: Duration
    /// Called once when it has ended.
    let ended: @Sendable (SSHConnection) -> Void
    /// Tunnels that are being asked for.
    var opening: Set<EventLoop.Key> = []
}

extension SSHConnection {
    /// From now on this connection carries others, handling its own events until it ends.
    func serveTunnels(keeping keeps: Duration, ended: @escaping @Sendable (SSHConnection) -> Void) {
        service = TunnelService(keeps: keeps, ended: ended)
        watch(until: .now + max(keeps, .seconds(30)))
    }

    /// Asks the other side to connect to `endpoint`; gives the local stream that leads there.
    ///
    /// Cancelling the task ends the wait with `cancelled`.
    func openTunnel(to endpoint: SSHEndpoint, until deadline: Deadline) async throws(ShellError) -> Descriptor
    {
        guard let session, service != nil else { throw brokenError("before it was used as a jump host") }
        let channel = try ChannelHandle(of: session, keeps: ChannelHandle.pieceSize)
        let key = loop.makeKey()
        service?.opening.insert(key)
        defer { service?.opening.remove(key) }
        var result = channel.openTunnel(to: endpoint.host, port: endpoint.port)
        while result == SSH_AGAIN, service != nil {
            carryOn(waking: false)
            result = channel.openTunnel(to: endpoint.host, port: endpoint.port)
            if result != SSH_AGAIN || hasWork { continue }
            let wake = await withTaskCancellationHandler {
                await withCheckedContinuation { loop.park($0, on: key, until: deadline.instant) }
            } onCancel: {
                loop.interrupt(key)
            }
            guard wake == .signalled else {
                loop.remove(key)
                throw wake == .deadline ? deadline.error : cancellation
            }
        }
        guard result == SSH_OK, service != nil else {
            loop.remove(key)
            throw service == nil
                ? brokenError("when it was asked for a tunnel")
                : ShellError(
                    .unreachable,
                    "\(self.endpoint.label) cannot reach \(endpoint.label) at \(endpoint.host) port \(endpoint.port): "
                        + session.errorText,
                    hint: "Check the address as seen from the jump host, and that it allows forwarding.")
        }
        do throws(SystemError) {
            let (inner, outer) = try Descriptor.pair()
            try loop.attach(inner, to: key)
            tunnels[key] = Tunnel(channel: channel, stream: inner)
            loop.handle(key) { [weak self] _ in
                self?.assumeIsolated { connection in
                    connection.tunnels[key]?.isReadable = true
                    connection.carryOn()
                }
            }
            return outer
        } catch {
            loop.remove(key)
            throw ShellError(.unreachable, "Cannot make a tunnel to \(endpoint.label): \(error)")
        }
    }

    private func watch(until deadline: ContinuousClock.Instant?) {
        loop.handle(key, until: deadline) { [weak self] wake in
            self?.assumeIsolated { connection in
                if wake == .signalled {
                    connection.carryOn()
                } else if connection.tunnels.isEmpty || wake == .interrupted {
                    connection.endService()
                }
            }
        }
    }

    /// Moves everything that can be moved: the session's packets and the bytes of all tunnels.
    ///
    /// - Parameter waking: whether those who wait for a new tunnel have to look again.
    private func carryOn(waking: Bool = true) {
        guard let session else { return }
        var turns = 0
        repeat {
            var packets = 0
            while packets < 64, session.pump() != SSH_AGAIN {
                if session.isBroken { return endService() }
                packets += 1
            }
            for (key, tunnel) in tunnels where !tunnel.move() { end(tunnel, key) }
            turns += 1
        } while hasWork && turns < 16
        if waking {
            for key in service?.opening ?? [] { loop.signal(key) }
        }
        // More is there, but others want their turn too.
        if hasWork { loop.post(key) }
    }

    private func end(_ tunnel: Tunnel, _ key: EventLoop.Key) {
        tunnels[key] = nil
        tunnel.stream.shutDown()
        tunnel.channel.close()
        loop.detach(tunnel.stream)
        loop.remove(key)
        guard tunnels.isEmpty, let service, service.opening.isEmpty else { return }
        if service.keeps > .zero { watch(until: .now + service.keeps) } else { endService() }
    }

    private func endService() {
        let ended = service?.ended
        service = nil
        close()
        ended?(self)
    }

    /// Ends all tunnels.
    func closeTunnels() {
        for (key, tunnel) in tunnels {
            tunnel.stream.shutDown()
            loop.detach(tunnel.stream)
            loop.remove(key)
        }
        tunnels = [:]
        for key in service?.opening ?? [] { loop.signal(key) }
    }
}
