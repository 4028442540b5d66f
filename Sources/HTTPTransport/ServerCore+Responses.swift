import HTTP

/// How responses go out.
extension ServerCore {
    /// The most bytes that are handed to the network before it took those before.
    private static let sliceSize = 65_536
    /// How long a connection that said its last word waits for the client to end it.
    static let lingerTime = Duration.seconds(2)
    /// The same where it is the server that ends, unasked.
    private static let shortLingerTime = Duration.milliseconds(500)

    /// Sends what the handler answered.
    func deliver(_ response: HTTPResponse, to id: UInt64) async {
        guard let connection = connections[id], connection.phase == .working else {
            if case .stream(let stream) = response.body { stream.finished() }
            return
        }
        guard case .stream(let stream) = response.body else {
            return await deliverBytes(response, connection)
        }
        settle(connection)
        // A client that ended its half takes no events.
        guard !connection.isInputEnded, let head = connection.head, head.method != .head else {
            stream.finished()
            return answer(connection, HTTPResponse(response.status, response.fields))
        }
        let framing = HTTPResponseEncoder.framing(response, to: head)
        if framing == .untilClose || isEnding || response.endsConnection { connection.isLast = true }
        connection.phase = .streaming
        connection.keepAlive = stream.keepAlive.map {
            .init(
                interval: $0.interval,
                bytes: framing == .chunked ? HTTPResponseEncoder.chunk($0.bytes) : $0.bytes)
        }
        write(headBytes(response, framing, connection), to: connection)
        connection.lastWords = stream.lastWords
        if isEnding, stream.lastWords == nil { connection.task?.cancel() }
        await pump(stream, framing, connection)
        sayLastWords(framing, connection)
        stream.finished()
        guard connections[id] != nil else { return }
        connection.keepAlive = nil
        connection.lastWords = nil
        connection.phase = .flushing
        if framing == .chunked { write(HTTPResponseEncoder.lastChunk, to: connection) }
        if connection.unsentBytes == 0 { finish(connection) }
    }

    /// Says what is left to say where the server ends before the stream did.
    private func sayLastWords(_ framing: HTTPResponseEncoder.Framing, _ connection: Connection) {
        guard isEnding, Task.isCancelled, connections[connection.id] != nil,
            let words = connection.lastWords?(), !words.isEmpty
        else { return }
        write(framing == .chunked ? HTTPResponseEncoder.chunk(words) : words, to: connection)
    }

    /// Sends piece by piece, each when the network took the one before.
    private func pump(_ stream: HTTPStream, _ framing: HTTPResponseEncoder.Framing, _ connection: Connection)
        async
    {
        while connections[connection.id] != nil, await isDrained(connection), !Task.isCancelled {
            guard let piece = await Self.next(of: stream), connections[connection.id] != nil else { return }
            guard !piece.isEmpty else { continue }
            write(framing == .chunked ? HTTPResponseEncoder.chunk(piece) : piece, to: connection)
        }
    }

    @concurrent
    private static func next(of stream: HTTPStream) async -> [UInt8]? { await stream.next() }

    /// Sends a body that is there: all at once when it is small.
    private func deliverBytes(_ response: HTTPResponse, _ connection: Connection) async {
        guard case .bytes(let bytes) = response.body, bytes.count > Self.sliceSize,
            connection.head?.method != .head
        else { return answer(connection, response) }
        settle(connection)
        if isEnding || response.endsConnection { connection.isLast = true }
        connection.phase = .streaming
        write(headBytes(response, .length(bytes.count), connection), to: connection)
        var rest = bytes[...]
        while !rest.isEmpty {
            guard await isDrained(connection) else { return }
            write(rest.prefix(Self.sliceSize), to: connection)
            rest = rest.dropFirst(Self.sliceSize)
        }
        connection.phase = .flushing
        if connection.unsentBytes == 0 { finish(connection) }
    }

    /// Sends a response that fits into one slice, or has no body.
    func answer(_ connection: Connection, _ response: HTTPResponse) {
        settle(connection)
        guard case .bytes(let bytes) = response.body else { return drop(connection) }
        if isEnding || response.endsConnection { connection.isLast = true }
        let head = connection.head
        let framing =
            head.map { HTTPResponseEncoder.framing(response, to: $0) } ?? .length(bytes.count)
        connection.phase = .flushing
        var all = headBytes(response, framing, connection)
        if head?.method != .head, framing != .none { all += bytes }
        connection.send(all)
        guard connection.unsentBytes > 0 else { return finish(connection) }
        connection.setDeadline(settings.writeTime)
    }

    private func headBytes(
        _ response: HTTPResponse, _ framing: HTTPResponseEncoder.Framing, _ connection: Connection
    ) -> [UInt8] {
        HTTPResponseEncoder.head(response, framing: framing, date: date(), keepsAlive: !connection.isLast)
    }

    /// Hands bytes to the network, which has its time for them.
    func write(_ bytes: some ContiguousBytesCollection, to connection: Connection) {
        connection.write(bytes)
        connection.untakenBefore = nil
        connection.setDeadline(settings.writeTime)
    }

    /// Waits until the network took everything; false when the connection is gone.
    private func isDrained(_ connection: Connection) async -> Bool {
        guard connections[connection.id] != nil else { return false }
        guard connection.unsentBytes > 0 else { return true }
        return await withCheckedContinuation { continuation in
            // The network may have taken it on the way here.
            let isGone = connections[connection.id] == nil
            if isGone || connection.unsentBytes == 0 {
                continuation.resume(returning: !isGone)
            } else {
                connection.drained = continuation
            }
        }
    }

    /// The network took everything.
    func drained(_ id: UInt64) {
        guard let connection = connections[id], connection.unsentBytes == 0 else { return }
        switch connection.phase {
        case .streaming:
            if let keepAlive = connection.keepAlive {
                connection.setDeadline(keepAlive.interval)
            } else {
                connection.stopDeadline()
            }
            connection.drained?.resume(returning: true)
            connection.drained = nil
        case .flushing: finish(connection)
        case .idle, .reading, .working, .lingering: break
        }
    }

    /// The response is out: the connection waits for the next request, or ends.
    private func finish(_ connection: Connection) {
        connection.task = nil
        guard !connection.isLast else {
            let isWhole =
                !connection.isCutShort && !connection.hasMore && !connection.hasUnread
            // Ended at once, with bytes unread, the system would throw away what the client did not read yet.
            guard !connection.isInputEnded, !isWhole || connection.peer.isEncrypted || isEnding else {
                return drop(connection)
            }
            connection.phase = .lingering
            connection.setDeadline(isEnding ? Self.shortLingerTime : Self.lingerTime)
            connection.endOutput()
            while !connection.read().isEmpty {}
            return
        }
        connection.head = nil
        connection.phase = .idle
        connection.untakenBefore = nil
        // On the way to the end of that time it is asked whether the client takes what it was sent.
        connection.isLookDue = lookTime < settings.idleTime
        connection.setDeadline(min(lookTime, settings.idleTime))
        guard !isEnding || connection.hasMore else { return endIdle(connection) }
        read(connection)
    }
}
