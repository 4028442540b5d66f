package import Basics
package import Storage

extension SQLiteStore: AuditTrail {
    /// How many records `records` gives at most, whatever limit it is asked for.
    package static let recordLimit = 10_000

    @discardableResult
    package func append(_ entry: AuditEntry, by clock: any WallClock) throws(StoreError) -> AuditRecord {
        try using { (connection) throws(StoreError) in
            let record = try connection.writing { (connection) throws(StoreError) in
                let end = try AuditTable.end(in: connection)
                // The file is there before the first record is, so that a missing file always means a removed one.
                if end == nil, try anchor() == .missing { try begin() }
                try checkKey(connection)
                let record = chain.record(after: end, entry, at: clock.now())
                try AuditTable.append(record, to: connection)
                return record
            }
            try moveCheckpoint(connection)
            return record
        }
    }

    /// Refuses a chain of another key, which a record of this one would break for good.
    ///
    /// A checkpoint of this key is proof enough; without one the last record tells.
    private func checkKey(_ connection: borrowing SQLiteConnection) throws(StoreError) {
        if case .known = try anchor() { return }
        guard case .record(let last)? = try AuditTable.newest(1, before: nil, in: connection).first,
            chain.mark(of: last) != last.mark
        else { return }
        throw StoreError(.wrongKey, "the audit chain in \(connection.path) was written with another key")
    }

    package func records(limit: Int, before: Int64?) throws(StoreError) -> [AuditRecord] {
        let limit = min(max(0, limit), Self.recordLimit)
        return try using { (connection) throws(StoreError) in
            try AuditTable.newest(limit, before: before, in: connection).map { (row) throws(StoreError) in
                switch row {
                case .record(let record): return record
                case .unreadable(let sequence, let reason):
                    throw StoreError(.corrupt, "audit record \(sequence) cannot be read: \(reason)")
                }
            }
        }
    }

    package func prove<Fold: AuditFold>(
        _ fold: Fold
    ) throws(StoreError) -> (verdict: AuditVerdict, fold: Fold) {
        var fold = fold
        // Before the records: what others append meanwhile may then only be newer than the checkpoint.
        var walk = AuditWalk(chain: chain, anchor: try anchor())
        return try using { (connection) throws(StoreError) in
            let bad = try AuditTable.walk(connection) { (row) throws(StoreError) -> AuditVerdict? in
                guard !Task.isCancelled else {
                    throw StoreError(.cancelled, "the check of the audit chain was cancelled")
                }
                switch row {
                case .record(let record):
                    if let verdict = walk.visit(record) { return verdict }
                    fold.visit(record)
                    return nil
                case .unreadable(let sequence, let reason): return .broken(sequence: sequence, reason: reason)
                }
            }
            return (bad ?? walk.finish(), fold)
        }
    }

    /// Brings the checkpoint to the present end of the chain.
    ///
    /// Writers of the checkpoint take turns by the lock of the database, so that it never goes back. One that names a
    /// record which is not in the chain is evidence and stays as it is, for `verify` to report.
    private func moveCheckpoint(_ connection: borrowing SQLiteConnection) throws(StoreError) {
        try connection.writing { (connection) throws(StoreError) in
            guard let end = try AuditTable.end(in: connection), case .known(let known) = try anchor(),
                known.sequence < end.sequence || !known.marksRows
            else { return }
            let found = try AuditTable.mark(of: known.sequence, in: connection)
            if known.sequence == 0 || found == known.mark { try save(end) }
        }
    }

    /// What the checkpoint's file says.
    func anchor() throws(StoreError) -> AuditWalk.Anchor {
        do throws(SystemError) {
            // One that is just written over may be seen half old, half new.
            for _ in 0..<3 {
                guard let bytes = try AtomicFile.read(checkpointPath, limit: 1024) else { return .missing }
                if let checkpoint = AuditCheckpoint(bytes, in: chain) { return .known(checkpoint) }
            }
            return .forged
        } catch {
            throw StoreError(error)
        }
    }

    /// Writes the very first checkpoint, durably: without its file nothing can be told about the end of a chain.
    private func begin() throws(StoreError) {
        do throws(SystemError) {
            try Folder.createAll(AtomicFile.folder(of: checkpointPath))
            try AtomicFile.write(AuditCheckpoint(nil).bytes(in: chain), to: checkpointPath)
        } catch {
            throw StoreError(error)
        }
    }

    /// Writes the checkpoint over the one before, which is never the longer one, within the first sector of its file and
    /// by one call: a process that dies leaves one of the two, and a disk that is full does not matter.
    ///
    /// It is not synced: after a power cut the older checkpoint may be back, which is sound, and an append waits once for
    /// the disk and not twice.
    private func save(_ checkpoint: AuditCheckpoint) throws(StoreError) {
        do throws(SystemError) {
            try OpenFile(checkpointPath, .overwrite).write(checkpoint.bytes(in: chain))
        } catch {
            throw StoreError(error)
        }
    }
}
