package import Basics
package import Storage

extension SQLiteStore: JobStore {
    private var jobTable: JobTable { JobTable(seal: seal) }

    package func add(
        _ job: JobRecord, where isAllowed: @Sendable ([JobRecord]) -> Bool
    ) throws(StoreError) -> Bool {
        try using { (connection) throws(StoreError) in
            try connection.writing { (connection) throws(StoreError) in
                guard isAllowed(try jobTable.unfinished(in: connection)) else { return false }
                guard try jobTable.insert(job, into: connection) else {
                    throw StoreError(.conflict, "there is already a job ‘\(job.id)’")
                }
                return true
            }
        }
    }

    package func update(_ job: JobRecord) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try !jobTable.replace(job, in: connection) else { return }
            guard try jobTable.find(job.id, in: connection) != nil else {
                throw StoreError(.notFound, "there is no job ‘\(job.id)’")
            }
            throw StoreError(.conflict, "the job ‘\(job.id)’ is finished, or another one")
        }
    }

    package func jobs(limit: Int) throws(StoreError) -> [JobRecord] {
        try using { (connection) throws(StoreError) in
            try jobTable.newest(Int64(min(max(0, limit), Self.recordLimit)), in: connection)
        }
    }

    package func job(_ id: String) throws(StoreError) -> JobRecord? {
        try using { (connection) throws(StoreError) in try jobTable.find(id, in: connection) }
    }

    package func unfinishedJobs() throws(StoreError) -> [JobRecord] {
        try using { (connection) throws(StoreError) in try jobTable.unfinished(in: connection) }
    }

    package func requestCancel(ofJob id: String) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try !JobTable.requestCancel(id, in: connection) else { return }
            guard try jobTable.find(id, in: connection) != nil else {
                throw StoreError(.notFound, "there is no job ‘\(id)’")
            }
            throw StoreError(.conflict, "the job ‘\(id)’ is finished")
        }
    }

    package func isCancelRequested(ofJob id: String) throws(StoreError) -> Bool {
        try using { (connection) throws(StoreError) in try JobTable.isCancelRequested(id, in: connection) }
    }

    @discardableResult
    package func removeFinishedJobs(keeping count: Int) throws(StoreError) -> [String] {
        try using { (connection) throws(StoreError) in
            try JobTable.removeFinished(keeping: Int64(max(0, count)), from: connection)
        }
    }
}

extension SQLiteStore: PolicyStore {
    package func add(_ policy: PolicyRecord) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try PolicyTable.insert(policy, into: connection) else {
                throw StoreError(.conflict, "there is already a policy called ‘\(policy.name)’")
            }
        }
    }

    package func policies(limit: Int) throws(StoreError) -> [PolicyRecord] {
        try using { (connection) throws(StoreError) in
            try PolicyTable.newest(Int64(min(max(0, limit), Self.recordLimit)), in: connection)
        }
    }

    package func revokePolicy(_ id: String, at instant: Timestamp) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try PolicyTable.revoke(id, at: instant, in: connection) else {
                throw StoreError(.notFound, "there is no policy ‘\(id)’")
            }
        }
    }
}
