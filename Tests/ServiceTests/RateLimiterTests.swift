import Testing

@testable import Service

@Suite struct RateLimiterTests {
    @Test func `a caller may burst, then goes on at its rate`() {
        let limiter = RateLimiter(rate: 2, burst: 4)
        let start = ContinuousClock.now
        for _ in 0..<4 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start) == 1)
        #expect(limiter.take("b", at: start) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(500)) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(500)) == 1)
        for _ in 0..<4 { #expect(limiter.take("a", at: start + .seconds(60)) == nil) }
        #expect(limiter.take("a", at: start + .seconds(60)) == 1)
    }

    @Test func `no rate is no limit`() {
        let limiter = RateLimiter(rate: 0, burst: 0)
        for _ in 0..<1000 { #expect(limiter.take("a") == nil) }
        #expect(limiter.count == 0)
    }

    @Test func `strangers in any number take no more memory`() {
        let limiter = RateLimiter(rate: 1, burst: 1)
        let start = ContinuousClock.now
        for number in 0..<5000 { _ = limiter.take("n\(number)", at: start + .milliseconds(number)) }
        #expect(limiter.count == 4096)
    }
}
