package import Basics
package import Storage

extension AuditTrail {
    /// Appends `entry` as if it were that moment.
    @discardableResult
    package func append(_ entry: AuditEntry, at time: Timestamp) async throws(StoreError) -> AuditRecord {
        try await append(entry, by: StandingClock(time: time))
    }
}

/// A clock that always shows the same.
private struct StandingClock: WallClock {
    let time: Timestamp

    func now() -> Timestamp { time }
}
