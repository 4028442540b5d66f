import Vault

/// Runs what takes the vault's lock, again for as long as somebody holds it.
///
/// A program that another test starts at this moment has the lock's file open, too, until it begins to run.
func onceFree<Result>(_ body: () async throws -> Result) async throws -> Result {
    while true {
        do { return try await body() } catch let error as VaultError where error.code == .locked {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
