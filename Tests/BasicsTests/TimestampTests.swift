import Basics
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (-9_223_372_036, "1677-09-21T00:12:44Z"),
            (9_223_372_036, "2262-04-11T23:47:16Z"), (-2_208_988_800, "1900-01-01T00:00:00Z"),
        ] as [(Int64, String)])
    func `instants are written and read in UTC`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
        #expect(Timestamp(text) == Timestamp(seconds: seconds))
        #expect(Timestamp(seconds: seconds).seconds == seconds)
    }

    @Test(
        arguments: [
            ("2026-11-21", 1_795_219_200_000_000_000), ("1970-01-01T00:00:00.5Z", 500_000_000),
            ("1970-01-01T00:00:00.000000001Z", 1), ("1969-12-31T23:59:59.999999999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ] as [(String, Int64)])
    func `fractions and bare dates are read`(text: String, nanoseconds: Int64) {
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-21T09:30:00", "2026-11-21T09:30:00+01:00", "2026-11-21 09:30:00Z", "2026-13-01",
        "2026-00-01", "2026-02-29", "2026-04-31", "2100-02-29", "2026-11-21T24:00:00Z",
        "2026-11-21T09:60:00Z",
        "2026-11-21T09:30:61Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00.1234567890Z",
        "2026-11-21T09:30:00.x1Z", "0001-01-01T00:00:00Z", "0000-01-01", "9999-12-31T23:59:59Z",
        "2026-11-2१", "-026-11-21", "2026-11-21T09:30:00ZZ", "1677-09-21T00:12:43Z",
    ])
    func `what is no instant is nil, never another one`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            ("2026-11-21T09:30:00.5Z", "2026-11-21T09:30:00.5Z"),
            ("2026-11-21T09:30:00.5+01:00", "2026-11-21T08:30:00.5Z"),
            ("2026-11-21T23:30:00-03:30", "2026-11-22T03:00:00Z"), ("2026-11-21", nil),
            ("2026-11-21+01:00", nil), ("2026-11-21T09:30:00+24:00", nil), ("2026-11-21T09:30:00+0100", nil),
            ("2026-11-21T09:30:00+01:00Z", nil), ("2026-11-21T09:30:00Z+01:00", nil), ("+01:00", nil),
            ("", nil),
        ] as [(String, String?)])
    func `an instant of another zone is read`(text: String, utc: String?) {
        #expect(Timestamp.inAnyZone(text) == utc.flatMap { Timestamp($0) })
    }

    @Test func `every day of four hundred years comes back`() {
        for day in stride(from: Int64(-100_000), to: 100_000, by: 1) {
            let instant = Timestamp(seconds: day * 86_400 + 3_661)
            #expect(Timestamp(instant.description) == instant)
        }
    }

    @Test func `digits of the fraction are cut, not rounded`() {
        let instant = Timestamp(nanoseconds: 1_999_999_999)
        #expect(instant.string(fractionDigits: 3) == "1970-01-01T00:00:01.999Z")
        #expect(instant.string(fractionDigits: 12) == "1970-01-01T00:00:01.999999999Z")
        #expect(Timestamp(nanoseconds: -1).string(fractionDigits: 9) == "1969-12-31T23:59:59.999999999Z")
    }

    @Test func `the ends of time hold`() throws {
        for instant in [Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max)] {
            #expect(Timestamp(instant.string(fractionDigits: 9)) == instant)
            let tree = try JSONValueEncoder().encode([instant])
            #expect(try JSONValueDecoder().decode([Timestamp].self, from: tree) == [instant])
        }
        #expect(Timestamp(seconds: .max).nanoseconds == .max)
        #expect(Timestamp(seconds: .min).nanoseconds == .min)
        #expect(Timestamp(nanoseconds: .max) + .seconds(1) == Timestamp(nanoseconds: .max))
        #expect(Timestamp(seconds: 301_769_000_000) + .nanoseconds(123) == .furthest)
        #expect(Timestamp(seconds: 9_223_372_036) + .nanoseconds(999_999_999) == .furthest)
        #expect(Timestamp(nanoseconds: .min) + .seconds(-1) == Timestamp(nanoseconds: .min))
        #expect(Timestamp(nanoseconds: .max) - Timestamp(nanoseconds: .min) > .seconds(18_446_744_073))
    }

    @Test func `instants and durations add up`() {
        let instant = Timestamp(seconds: 100)
        #expect(instant + .milliseconds(-1_500) == Timestamp(nanoseconds: 98_500_000_000))
        #expect(instant + .nanoseconds(1) > instant)
        #expect((instant + .seconds(5)) - instant == .seconds(5))
        #expect(instant - (instant + .nanoseconds(3)) == .nanoseconds(-3))
    }

    @Test func `the machine's clock runs`() {
        let clock = SystemClock()
        let (first, second) = (clock.now(), clock.now())
        #expect(first.civil.year >= 2024)
        #expect(second - first < .seconds(600))
    }

    @Test(arguments: [(2026, 2, 30), (2026, 13, 1), (2026, 0, 1), (1969, 1, 1), (2026, 4, 31)])
    func `no such day`(_ year: Int, _ month: Int, _ day: Int) {
        #expect(
            Timestamp(localYear: year, month: month, day: day, hour: 0, minute: 0, second: 0) == nil)
    }

    @Test func `by the clock on the wall`() throws {
        let day = try #require(
            Timestamp(localYear: 2026, month: 7, day: 1, hour: 12, minute: 0, second: 0))
        // Wherever this runs: no zone is further from Greenwich.
        let noon = try #require(Timestamp("2026-07-01T12:00:00Z"))
        #expect(abs(day.seconds - noon.seconds) <= 14 * 3600)
    }
}
