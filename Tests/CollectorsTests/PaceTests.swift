import RemoteExecution
import Testing

@testable import Collectors

/// A device that sends its files drop by drop.
@Suite struct PaceTests {
    /// Takes pieces of `bytes`, `count` of them, each `seconds` after the one before.
    private func problem(
        _ bytes: Int, every seconds: Int, _ count: Int, of role: CollectionPlan.Role = .ownPaths
    ) throws -> ShellError? {
        let plan = CollectionPlan(
            collectors: allCollectors, ownPaths: CollectionPlan.PathSet(paths: [Array("/srv".utf8)]))
        let index = try #require(plan.roles.firstIndex(of: role))
        var gauge = FloodGauge(plan)
        let start = ContinuousClock.now
        for number in 0..<count {
            gauge.receive(bytes)
            let limit = Duration.seconds(plan.steps[index].timeLimit)
            let time = min(Duration.seconds(seconds * number), limit)
            gauge.take(bytes, kept: bytes, of: index, since: start, now: start + time)
        }
        return gauge.problem
    }

    @Test func `drops end the run within twenty minutes`() throws {
        #expect(try problem(1, every: 100, 12) == .drip)
        #expect(try problem(512, every: 2, 600) == .drip)
    }

    @Test func `a slow line, and silence that another limit allows, do not`() throws {
        #expect(try problem(10_240, every: 20, 2000) == nil)
        #expect(try problem(1 << 20, every: 3000, 20) == nil)
        #expect(try problem(100, every: 100, 6) == nil)
    }

    @Test func `a probe may say little`() throws {
        #expect(try problem(1, every: 100, 50, of: .probe(collector: 0, probe: 0)) == nil)
    }
}
