import Synchronization

/// How often each caller may ask: a bucket of tokens for each, refilled as time goes by.
///
/// The table is bounded: when it is full, the bucket that was not used for the longest goes.
final class RateLimiter: Sendable {
    private struct Bucket {
        var level: Double
        var updated: ContinuousClock.Instant
    }

    /// The most callers that are told apart.
    private static let callerLimit = 4096

    /// Requests a second; 0 for no limit.
    private let rate: Double
    private let burst: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameters:
    ///   - rate: how many requests a second one caller may make in the long run; 0 for as many as they want.
    ///   - burst: how many at once.
    init(rate: Int, burst: Int) {
        self.rate = Double(rate)
        self.burst = Double(max(burst, 1))
    }

    /// Takes one request of that caller.
    /// - Returns: nil when it may go on; else after how many seconds it may come back.
    func take(_ caller: String, at now: ContinuousClock.Instant = .now) -> Int? {
        guard rate > 0 else { return nil }
        return buckets.withLock { buckets in
            var bucket = buckets[caller] ?? Bucket(level: burst, updated: now)
            if buckets[caller] == nil, buckets.count >= Self.callerLimit {
                let oldest = buckets.min { $0.value.updated < $1.value.updated }
                if let oldest { buckets[oldest.key] = nil }
            }
            let passed = (now - bucket.updated) / .seconds(1)
            bucket.level = min(burst, bucket.level + passed * rate)
            bucket.updated = now
            defer { buckets[caller] = bucket }
            guard bucket.level >= 1 else { return max(1, Int(((1 - bucket.level) / rate).rounded(.up))) }
            bucket.level -= 1
            return nil
        }
    }

    /// How many callers it knows.
    var count: Int { buckets.withLock(\.count) }
}
