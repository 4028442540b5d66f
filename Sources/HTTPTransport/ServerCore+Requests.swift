import HTTP

/// How requests come in.
extension ServerCore {
    /// Something came over a socket that is not encrypted.
    func receive(_ id: UInt64) {
        switch connections[id]?.receive() {
        case .open: readable(id)
        case .ended: ended(id, isBroken: false)
        case .broken: ended(id, isBroken: true)
        case nil: break
        }
    }

    /// Bytes came.
    func readable(_ id: UInt64) {
        guard let connection = connections[id] else { return }
        switch connection.phase {
        case .idle, .reading: read(connection)
        // What comes behind a request waits in the buffer until that is answered.
        case .working, .streaming, .flushing: connection.pauseWhenFull()
        case .lingering: while !connection.read().isEmpty {}
        }
    }

    /// Reads until a request is whole that is not answered yet, or nothing more is there.
    func read(_ connection: Connection) {
        // An answer that is out at once comes back here: the loop below goes on instead of one within the other.
        guard !connection.isBeingRead else { return }
        connection.isBeingRead = true
        defer { connection.isBeingRead = false }
        while true {
            while let event = connection.parser.next() {
                guard take(event, connection) || isWaiting(connection) else { return }
            }
            let bytes = connection.read()
            guard !bytes.isEmpty else { break }
            connection.parser.append(bytes)
            guard count(connection) else { return }
        }
        waitForMore(connection)
    }

    /// Whether the connection is there for another request.
    private func isWaiting(_ connection: Connection) -> Bool {
        connection.phase == .idle && connections[connection.id] != nil
    }

    /// Sets the deadline of what is still missing, once: bytes that trickle in do not move it.
    private func waitForMore(_ connection: Connection) {
        guard connection.phase == .idle, connection.parser.isInside else {
            if connection.isInputEnded { drop(connection) }
            return
        }
        connection.phase = .reading
        connection.setDeadline(settings.headTime)
        if connection.isInputEnded { drop(connection) }
    }

    /// Counts the bytes of its unfinished request; false when all clients together sent too many.
    private func count(_ connection: Connection) -> Bool {
        bodyBytes += connection.parser.keptBytes - connection.countedBytes
        connection.countedBytes = connection.parser.keptBytes
        guard bodyBytes > settings.bodyBytes else { return true }
        let problem = HTTPProblem(
            .serviceUnavailable, code: "overloaded", "Too many requests are on their way",
            fields: ["Retry-After": "5"])
        refuse(connection, problem.response)
        return false
    }

    /// - Returns: whether reading goes on.
    private func take(_ event: HTTPRequestParser.Event, _ connection: Connection) -> Bool {
        switch event {
        case .refused(let refusal):
            refuse(connection, HTTPProblem(refusal).response)
            return false
        case .head(let head):
            connection.head = head
            connection.phase = .reading
            connection.setDeadline(settings.bodyTime)
            if let response = handler.refusal(of: head, from: connection.peer) {
                refuse(connection, response)
                return false
            }
            if head.expectsContinue, connection.parser.keptBytes == 0 {
                connection.write(HTTPResponseEncoder.goOn)
            }
            return true
        case .request(let head, let body):
            bodyBytes -= connection.countedBytes
            connection.countedBytes = 0
            connection.stopDeadline()
            connection.isLast = isEnding || !head.keepsAlive || connection.isInputEnded && !connection.hasMore
            work(on: HTTPRequest(head, body: body, peer: connection.peer), connection)
            return false
        }
    }

    private func work(on request: HTTPRequest, _ connection: Connection) {
        connection.phase = .working
        guard workingRequests < settings.requests else {
            let problem = HTTPProblem(
                .serviceUnavailable, code: "overloaded", "Too many requests are worked on",
                fields: ["Retry-After": "1"])
            return answer(connection, problem.response)
        }
        workingRequests += 1
        connection.isCounted = true
        let isSmall = request.body.count <= Self.smallBody
        connection.task = isSmall ? beginNow(request, connection.id) : begin(request, connection.id)
        loop.yieldToWork()
    }

    /// The largest body that is looked at on the loop's thread.
    private static let smallBody = 16_384

    /// Works on a request away from the loop, whatever the handler does there.
    private nonisolated func begin(_ request: HTTPRequest, _ id: UInt64) -> Task<Void, Never> {
        // No task of the caller's: it ends with its connection, which cancels it.
        Task { await self.deliver(handler.respond(to: request), to: id) }
    }

    /// The same on the loop itself, as most of what a small request costs would be the ways between threads.
    private nonisolated func beginNow(_ request: HTTPRequest, _ id: UInt64) -> Task<Void, Never> {
        Task.immediate(executorPreference: loop) { await self.deliver(handler.respond(to: request), to: id) }
    }

    /// Answers before the request is whole; the connection ends with it.
    func refuse(_ connection: Connection, _ response: HTTPResponse) {
        connection.isLast = true
        connection.isCutShort = true
        forget(connection)
        answer(connection, response)
    }

    /// Gives back what was kept of an unfinished request.
    func forget(_ connection: Connection) {
        bodyBytes -= connection.countedBytes
        connection.countedBytes = 0
        connection.parser = HTTPRequestParser(limits: settings.limits)
    }

    /// The client sends nothing more, or is gone.
    func ended(_ id: UInt64, isBroken: Bool) {
        guard let connection = connections[id] else { return }
        guard !isBroken, !connection.isCut else { return drop(connection) }
        connection.isInputEnded = true
        // Requests that came before the end are still answered.
        let hasMore = connection.hasMore
        if !hasMore { connection.isLast = true }
        switch connection.phase {
        // What came before the end may hold a whole request.
        case .idle, .reading: read(connection)
        // Whether it only ended its own half cannot be told: the work is called off, and what is ready is still sent.
        case .working: if !hasMore { connection.task?.cancel() }
        case .streaming, .lingering: drop(connection)
        case .flushing: break
        }
    }

    /// The time for what the connection is about is over.
    func timeIsOver(_ id: UInt64) {
        guard let connection = connections[id] else { return }
        switch connection.phase {
        case .reading:
            let isHead = connection.head == nil
            let what = isHead ? "head" : "body"
            refuse(
                connection,
                HTTPProblem(
                    .requestTimeout, code: "too-slow", "The \(what) of the request did not come in time"
                ).response)
        case .streaming where connection.unsentBytes == 0:
            guard let keepAlive = connection.keepAlive else { return }
            let rest = max(settings.writeTime - keepAlive.interval, settings.writeTime / 4)
            guard isTaken(connection, orWithin: rest) else { return }
            write(keepAlive.bytes, to: connection)
        case .idle where connection.isLookDue:
            guard isTaken(connection, orWithin: lookTime) else { return }
            connection.isLookDue = false
            connection.setDeadline(settings.idleTime - lookTime)
        case .streaming, .flushing:
            connection.resetOnEnd()
            drop(connection)
        case .idle, .working, .lingering: drop(connection)
        }
    }

    /// Whether the client took all that the system holds for it.
    ///
    /// One that did not is looked at again after `rest`, and cut when it took nothing meanwhile.
    private func isTaken(_ connection: Connection, orWithin rest: Duration) -> Bool {
        let untaken = connection.untakenBytes
        guard untaken > 0 else { return true }
        if let before = connection.untakenBefore, untaken >= before {
            connection.resetOnEnd()
            drop(connection)
        } else {
            connection.untakenBefore = untaken
            connection.setDeadline(rest)
        }
        return false
    }
}
