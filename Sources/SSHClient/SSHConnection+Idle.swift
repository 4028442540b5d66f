import CLibSSH
import RemoteExecution

extension SSHConnection {
    /// Whether another run may follow: the connection lives and the last channel is closed on both sides.
    var isReusable: Bool {
        guard let session, !session.isBroken, run == nil else { return false }
        return channel?.inbox.isClosed ?? true
    }

    /// Waits for the next run; when the connection ends or `deadline` passes, it is closed and `ended` called.
    func idle(until deadline: ContinuousClock.Instant, ended: @escaping @Sendable (SSHConnection) -> Void) {
        channel = nil
        loop.handle(key, until: deadline) { [weak self] wake in
            guard let self else { return }
            let isOver = self.assumeIsolated { connection in
                guard wake == .signalled, connection.pumpWhileIdle() else {
                    connection.close()
                    return true
                }
                return false
            }
            if isOver { ended(self) }
        }
    }

    /// Stops waiting; false when the connection has ended meanwhile.
    func endIdling() -> Bool {
        loop.handle(key, nil)
        return pumpWhileIdle()
    }

    /// Handles what came; false when the connection has ended.
    private func pumpWhileIdle() -> Bool {
        guard let session else { return false }
        // Nothing but an occasional question whether we are alive comes here: a flood is not kept.
        for _ in 0..<64 {
            switch session.pump() {
            case SSH_AGAIN: return !session.isBroken
            case SSH_ERROR: return false
            default: if session.isBroken { return false }
            }
        }
        return false
    }
}
