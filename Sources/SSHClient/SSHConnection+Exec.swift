import CLibSSH
import RemoteExecution

/// The next thing a run has to tell.
enum RunEvent: Sendable {
    /// Pieces in order; for each stream at least what came of it since the last event.
    case output([ChannelInbox.Piece])
    /// All of standard input is sent, and its source has more.
    case hungry
    case ended(ShellExit)
}

extension SSHConnection {
    /// Starts the command of `job`, whose limits count from `start`.
    ///
    /// - Throws: `disconnected` also when a kept connection turns out to be dead, before anything was run.
    func begin(_ job: ShellJob, since start: ContinuousClock.Instant) async throws(ShellError) {
        guard let session else { throw brokenError("before the run") }
        let run = RunState(job, on: endpoint.label, since: start)
        self.run = run
        let deadline = run.silence
        let channel = try ChannelHandle(of: session)
        self.channel = channel
        // OpenSSH gives the first channel of a connection the number zero, which is also what libssh assumes before
        // it is told: the command can be asked for in the same flight as the channel, which spares a round trip.
        var asksEarly = isUnused && session.isOpenSSH
        isUnused = false
        var answer: CInt = SSH_AGAIN
        let opened = try await advance(until: deadline) {
            let result = channel.openSession()
            // A short command may have come to its end, which libssh takes for a channel that never opened.
            if channel.inbox.hasBegun { return SSH_OK }
            guard asksEarly, result == SSH_AGAIN else { return result }
            asksEarly = false
            answer = channel.requestExec(job.command)
            return answer == SSH_AGAIN ? SSH_AGAIN : SSH_OK
        }
        if opened == SSH_OK, answer == SSH_AGAIN {
            answer = try await advance(until: deadline) { channel.requestExec(job.command) }
        }
        guard opened == SSH_OK, answer == SSH_OK else {
            throw isAtEnd ? brokenError("when the run began") : refusal(session.errorText)
        }
        channel.widen()
    }

    /// Waits for the next output or the end; what is due on standard input is sent meanwhile.
    func next() async throws(ShellError) -> RunEvent {
        guard let session, let channel, let run else { throw brokenError("before the run") }
        var deadline = run.silence
        while true {
            if run.total.instant < .now { throw run.total.error }
            var moved = flushInput(to: channel)
            let before = channel.inbox.received
            var isBroken = false
            while channel.inbox.count < ChannelHandle.pieceSize, !channel.inbox.isClosed {
                let result = session.pump()
                if result == SSH_AGAIN { break }
                isBroken = result == SSH_ERROR || session.isBroken
                if isBroken { break }
            }
            moved = flushInput(to: channel) || moved
            if channel.inbox.received > run.limits.output { throw outputError(run.limits.output) }
            if !channel.inbox.isEmpty { return .output(channel.inbox.takeAll()) }
            if channel.inbox.isClosed || isBroken && (channel.inbox.status ?? -1) >= 0 {
                return .ended(exit(of: channel))
            }
            if isBroken { throw brokenError("in the middle of the run") }
            if self.run?.isHungry == true { return .hungry }
            if moved || channel.inbox.received > before {
                deadline = run.silence
            }
            if hasWork { continue }
            listen()
            try await pause(until: deadline)
            let isCrowded = loop.isCrowded
            let isPrompt = channel.inbox.received - (self.run?.answered ?? 0) < run.promptBytes
            if isPrompt { socket?.acknowledgeQuickly() }
            if isCrowded || !isPrompt, run.outbox.isEmpty,
                !session.hasUnsentBytes, hasWork
            {
                await gather(channel.inbox.received, isCrowded: isCrowded)
            }
        }
    }

    /// Lets more output arrive before it is read, without a wake for each packet; ends early by `abort`.
    private func gather(_ received: Int64, isCrowded: Bool) async {
        guard let socket,
            let pause = run?.gathering.pause(at: .now, received: received, isCrowded: isCrowded)
        else { return }
        loop.mute(socket, of: key)
        _ = await wait(until: isCrowded ? loop.beat(after: .now + pause) : .now + pause)
        isMuted = true
    }

    /// Undoes the muting of `gather`, once everything that arrived was read.
    private func listen() {
        guard isMuted, let socket else { return }
        isMuted = false
        loop.unmute(socket, of: key)
    }

    /// Adds bytes to standard input; they are sent by the following calls of `next`.
    func send(_ bytes: [UInt8], closes: Bool) {
        run?.add(bytes, closes: closes)
        run?.answers(after: channel?.inbox.received ?? 0)
    }

    /// Says whether a source has more for standard input than what was sent so far, which ends with it where it `closes`.
    func feed(_ hasMore: Bool, closes: Bool) { run?.feed(hasMore, closes: closes) }

    /// Ends the run without waiting for the command.
    func finish() -> ShellExit {
        guard let channel else { return ShellExit(status: nil) }
        let received = channel.inbox.received
        listen()
        channel.close()
        run = nil
        return ShellExit(status: nil, received: received)
    }

    private func exit(of channel: ChannelHandle) -> ShellExit {
        run = nil
        listen()
        return ShellExit(
            status: channel.inbox.signal == nil ? channel.inbox.status : nil, signal: channel.inbox.signal,
            received: channel.inbox.received)
    }

    /// Sends what the other side takes now; whether that was anything.
    private func flushInput(to channel: ChannelHandle) -> Bool {
        guard let state = run, !state.hasSentEnd else { return false }
        var moved = false
        if !state.outbox.isEmpty {
            if let count = channel.write(state.outbox) {
                run?.sent(count)
                moved = count > 0
            } else {
                // The command closed its input or ended; its output and exit status still count.
                run?.giveUpSending()
            }
        }
        if run?.endIsDue == true {
            channel.sendEnd()
            run?.hasSentEnd = true
            moved = true
        }
        return moved
    }

    private func refusal(_ reason: String) -> ShellError {
        ShellError(
            .shellRefused, "\(endpoint.label) let the login in but runs no command: \(reason)",
            hint: "The account may be restricted to something else than a shell.")
    }

    private func outputError(_ limit: Int64) -> ShellError {
        ShellError(
            .outputLimit, "\(endpoint.label) sent more than \(limit) bytes",
            hint: "Leave out what is large, or raise the output limit.")
    }
}
