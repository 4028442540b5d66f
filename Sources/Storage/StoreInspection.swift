/// A store that can look itself through.
package protocol StoreInspection: Sendable {
    /// What contradicts itself in the store, as clauses; none when it is whole.
    ///
    /// Reads all of it; cancelling has no effect once it began.
    /// - Throws: `missing`, `busy`, `corrupt`, `unavailable`.
    func problems() async throws(StoreError) -> [String]
}
