import RemoteExecution

/// A run that has begun on a connection: hands its output over until it ends.
struct SSHRun {
    /// What runs.
    let job: ShellJob
    /// Where it runs.
    let connection: SSHConnection
    /// Who gets its output.
    let consumer: any ShellConsumer
    /// Time from the start of the run to the completed login.
    let connecting: Duration

    /// Carries the run to its end, then keeps or closes the connection.
    func carryOut(in pool: ConnectionPool, along route: SSHRoute) async throws(ShellError) -> ShellExit {
        let result = await ending(connection) { () async throws(ShellError) in try await handOver() }
        switch result {
        case .success(var exit):
            await pool.giveBack(connection, along: route)
            exit.connecting = connecting
            return exit
        case .failure(let error):
            await connection.close()
            throw error
        }
    }

    private func handOver() async throws(ShellError) -> ShellExit {
        try await sendRest()
        var source: (content: any ShellSource, closes: Bool)?
        while true {
            let event = try await connection.loop.staying { () async throws(ShellError) in
                try await connection.next()
            }
            switch event {
            case .ended(let exit): return exit
            case .hungry:
                if let piece = try await content(of: source?.content) {
                    await connection.send(piece, closes: false)
                } else {
                    await connection.feed(false, closes: source?.closes ?? true)
                }
            case .output(let pieces):
                for piece in pieces {
                    switch try await received(piece.bytes, from: piece.stream) {
                    case .proceed: break
                    case .send(let answer, let closes): await connection.send(answer, closes: closes)
                    case .stream(let content, let closes):
                        source = (content, closes)
                        await connection.feed(true, closes: closes)
                    case .finish: return await connection.finish()
                    }
                }
            }
        }
    }

    /// Sends what of standard input was worked out meanwhile.
    private func sendRest() async throws(ShellError) {
        guard let rest = job.rest else { return }
        while let piece = try await content(of: rest) { await connection.send(piece, closes: false) }
        if !job.keepsInputOpen { await connection.send([], closes: true) }
    }

    /// The consumer works in the caller's context, never on the event loop.
    private func received(
        _ bytes: [UInt8], from stream: OutputStreamKind
    ) async throws(ShellError) -> ShellReply {
        try await asked { try await consumer.receive(bytes, from: stream) }
    }

    private func content(of source: (any ShellSource)?) async throws(ShellError) -> [UInt8]? {
        guard let source else { return nil }
        return try await asked { try await source.next() }
    }

    private func asked<Value>(_ body: () async throws -> Value) async throws(ShellError) -> Value {
        do {
            return try await body()
        } catch let error as ShellError {
            throw error
        } catch is CancellationError {
            throw ShellError(.cancelled, "The run on \(connection.endpoint.label) was cancelled")
        } catch {
            throw ShellError(.consumer, "\(error)")
        }
    }
}
