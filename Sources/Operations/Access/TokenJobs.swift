import Storage

/// The jobs that the holder of a token began.
struct TokenJobs {
    private static let prefix = "grant:"

    /// The token.
    let id: String

    init(_ id: String) { self.id = id }

    /// Those of the token that a caller showed; nil for callers without one that is kept here.
    init?(of actor: String) {
        guard actor.hasPrefix(Self.prefix) else { return nil }
        id = String(actor.dropFirst(Self.prefix.count))
    }

    /// Asks all that are under way to end.
    /// - Returns: their ids, oldest first.
    func end(in context: OperationContext) async throws(OperationError) -> [String] {
        let store = try await context.services.jobs()
        var asked: [String] = []
        do {
            for job in try await store.unfinishedJobs() where job.actor == Self.prefix + id {
                do throws(StoreError) { try await store.requestCancel(ofJob: job.id) } catch {
                    // It ended by itself meanwhile.
                    guard error.code == .conflict || error.code == .notFound else { throw error }
                    continue
                }
                asked.append(job.id)
            }
        } catch let error as StoreError { throw OperationError(job: error) } catch {
            throw OperationError(any: error)
        }
        return asked
    }

    /// Refuses to begin for a token that was taken back: a job may have been asked for just before that.
    /// - Throws: `cancelled`.
    func checkMayBegin(in context: OperationContext) async throws(OperationError) {
        let store = try await context.services.tokens()
        let record: TokenRecord?
        do { record = try await store.tokens(limit: 1000).first { $0.id == id } } catch {
            throw OperationError(error)
        }
        guard let record, record.revoked == nil else {
            throw OperationError(.cancelled, "The token that asked for this was revoked before it began")
        }
    }
}
