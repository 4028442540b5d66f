import Synchronization
import Vault

/// The vault's one writer, shared by the devices of a call: begun when the first of them has something to store.
///
/// A device that hangs before it gave anything, or after its backup was committed, keeps nobody else from writing. Where
/// another process writes, whoever wants to store waits for it, up to a bound.
actor WriterLease {
    /// How long a writer without users is kept for the next one.
    private static let rest = Duration.milliseconds(500)
    /// How long is waited between two looks at the lock of another process.
    private static let pause = Duration.milliseconds(100)

    private let vault: Vault
    private let what: String
    private let patience: Duration
    private let onWait: @Sendable (VaultError) -> Void
    private var writer: VaultWriter?
    /// Whether the writer is being begun or finished at this moment.
    private var isChanging = false
    private var waiting: [CheckedContinuation<VaultError?, Never>] = []
    private var users = 0
    private var lastUse = ContinuousClock.now

    /// - Parameters:
    ///   - what: what the lock says to others who want it.
    ///   - patience: how long a user waits for another process.
    ///   - onWait: called once, with who holds the lock, for each time that one has to wait.
    init(
        vault: Vault, what: String, patience: Duration = .seconds(60),
        onWait: @escaping @Sendable (VaultError) -> Void
    ) {
        self.vault = vault
        self.what = what
        self.patience = patience
        self.onWait = onWait
    }

    /// The writer, for one more user; each ends with `giveBack`.
    ///
    /// Cancelling ends the waiting for another process.
    /// - Throws: `locked` when another process holds the lock too long; `unavailable`, `damaged`.
    func take() async throws(VaultError) -> VaultWriter {
        users += 1
        do throws(VaultError) {
            while true {
                if let writer { return writer }
                if isChanging {
                    if let failure = await withCheckedContinuation({ waiting.append($0) }) { throw failure }
                } else {
                    try await begin()
                }
            }
        } catch {
            giveBack()
            throw error
        }
    }

    /// Ends the use by one user.
    func giveBack() {
        users -= 1
        lastUse = .now
    }

    /// Gives the lock back whenever the writer had no user for a while; returns when cancelled.
    func releaseWhenIdle() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.rest) } catch { return }
            if users == 0, ContinuousClock.now - lastUse >= Self.rest { await close() }
        }
    }

    /// Gives the lock back.
    func close() async {
        guard let last = writer, !isChanging else { return }
        writer = nil
        isChanging = true
        await last.finish()
        changed(nil)
    }

    private func begin() async throws(VaultError) {
        isChanging = true
        do throws(VaultError) {
            writer = try await begun()
            changed(nil)
        } catch {
            changed(error)
            throw error
        }
    }

    /// Lets all go on that waited for a change, or fail as it did.
    private func changed(_ failure: VaultError?) {
        isChanging = false
        let all = waiting
        waiting = []
        for continuation in all { continuation.resume(returning: failure) }
    }

    private func begun() async throws(VaultError) -> VaultWriter {
        let end = ContinuousClock.now + patience
        var hasTold = false
        while true {
            do throws(VaultError) { return try await vault.beginWriting(what: what) } catch {
                guard error.code == .locked, ContinuousClock.now < end else { throw error }
                if !hasTold { onWait(error) }
                hasTold = true
                do { try await Task.sleep(for: Self.pause) } catch { throw Self.cancelled }
            }
        }
    }

    private static let cancelled = VaultError(.locked, "Waiting for the vault was cancelled")
}

/// What one device stores, through the lease that it shares with the others; used by one task at a time.
final class WriterSession: ContentIntake {
    let lease: WriterLease
    private let taken = Mutex<VaultWriter?>(nil)

    init(_ lease: WriterLease) { self.lease = lease }

    private func writer() async throws(VaultError) -> VaultWriter {
        if let writer = taken.withLock(\.self) { return writer }
        let writer = try await lease.take()
        taken.withLock { $0 = writer }
        return writer
    }

    func store(contents: [[UInt8]], as kind: ObjectKind) async throws(VaultError) -> [[ContentRef]] {
        try await writer().store(contents: contents, as: kind)
    }

    func beginContent(as kind: ObjectKind) async throws(VaultError) -> VaultWriter.StreamID {
        try await writer().beginContent(as: kind)
    }

    func append(_ bytes: [UInt8], to stream: VaultWriter.StreamID) async throws(VaultError) {
        try await writer().append(bytes, to: stream)
    }

    func finish(_ stream: VaultWriter.StreamID) async throws(VaultError) -> [ContentRef] {
        try await writer().finish(stream)
    }

    func abandon(_ stream: VaultWriter.StreamID) async { await taken.withLock(\.self)?.abandon(stream) }

    /// Begins to write: what is there now could be removed before it is named otherwise.
    func contains(each contents: [[ContentRef]]) async throws(VaultError) -> [Bool] {
        guard !contents.allSatisfy(\.isEmpty) else { return contents.map { _ in true } }
        return try await writer().contains(each: contents)
    }

    /// Makes a backup of what was stored.
    func commit(_ draft: BackupDraft) async throws -> Manifest { try await writer().commit(draft) }

    /// Ends the session; what was not committed is lost.
    func end() async {
        let last = taken.withLock { taken in
            defer { taken = nil }
            return taken
        }
        if last != nil { await lease.giveBack() }
    }
}
