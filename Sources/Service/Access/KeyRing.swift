import Basics
import HTTP
import JOSE
import Operations

/// The keys of an issuer, from a file or an address, kept for a while.
///
/// Of those who ask while they are fetched, none starts another fetch. Old keys are used on when new ones cannot be had,
/// for a day at most.
actor KeyRing {
    /// Where keys come from.
    enum Source: Sendable, Equatable {
        case file(String)
        case address(String)
    }

    private static let freshFor = Duration.seconds(600)
    private static let usableFor = Duration.seconds(86_400)
    /// How long a token with an unknown key must wait before it makes the keys be fetched again.
    private static let renewEvery = Duration.seconds(60)
    private static let fetchTime = Duration.seconds(10)

    private let source: Source
    private let fetcher: any HTTPFetching
    private let now: @Sendable () -> ContinuousClock.Instant
    private var keys: PublicKeySet?
    private var fetched: ContinuousClock.Instant?
    private var tried: ContinuousClock.Instant?
    private var running: Task<Result<PublicKeySet, JOSEError>, Never>?

    init(
        _ source: Source, fetcher: any HTTPFetching,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.source = source
        self.fetcher = fetcher
        self.now = now
    }

    /// The keys, fetched anew when they are old.
    /// - Throws: `unknownKey` when there are none.
    func present() async throws(JOSEError) -> PublicKeySet {
        let age = fetched.map { now() - $0 }
        if let keys, let age, age < Self.freshFor { return keys }
        let mayTry = tried.map { now() - $0 >= .seconds(5) } ?? true
        let outcome: Result<PublicKeySet, JOSEError> =
            mayTry || running != nil
            ? await fetch() : .failure(JOSEError(.unknownKey, "the issuer's keys cannot be had"))
        if case .success(let keys) = outcome { return keys }
        if let keys, let age, age < Self.usableFor { return keys }
        return try outcome.get()
    }

    /// The keys, fetched anew because a token names one that is not among them; nil when that was done just now.
    func renewed() async -> PublicKeySet? {
        if let tried, now() - tried < Self.renewEvery { return nil }
        return try? await fetch().get()
    }

    private func fetch() async -> Result<PublicKeySet, JOSEError> {
        if let running { return await running.value }
        tried = now()
        // No task of one caller's: the others who wait for it must not lose it with that one.
        let task = Task { [source, fetcher] in await Self.read(source, fetcher) }
        running = task
        let outcome = await task.value
        running = nil
        if case .success(let keys) = outcome {
            self.keys = keys
            fetched = now()
        }
        return outcome
    }

    @concurrent
    private static func read(
        _ source: Source, _ fetcher: any HTTPFetching
    ) async -> Result<PublicKeySet, JOSEError> {
        do {
            switch source {
            case .file(let path):
                guard let bytes = try AtomicFile.read(path, limit: PublicKeySet.limit) else {
                    return .failure(JOSEError(.unknownKey, "there is no file \(path)"))
                }
                return .success(try PublicKeySet(bytes))
            case .address(let url):
                return .success(
                    try PublicKeySet(try await fetcher.get(url, limit: PublicKeySet.limit, within: fetchTime))
                )
            }
        } catch {
            return .failure(JOSEError(.unknownKey, "the issuer's keys cannot be had: \(error)"))
        }
    }
}
