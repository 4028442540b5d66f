import RemoteExecution
import Testing

@testable import SSHClient

@Suite struct OutputGatheringTests {
    private let start = ContinuousClock.now

    struct Case: CustomTestStringConvertible {
        let name: String
        /// Milliseconds of the run and bytes so far, call by call.
        let calls: [(time: Int, received: Int64)]
        /// Whether other runs are under way.
        var isCrowded = false
        /// Milliseconds that the last call pauses.
        let pause: Int?

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "a young run does not wait", calls: [(200, 1000)], pause: nil),
        Case(name: "an older one waits a sixty-fourth of its time", calls: [(1280, 1000)], pause: 20),
        Case(name: "but never long", calls: [(60_000, 1000)], pause: 200),
        Case(
            name: "what comes fast waits as long as 64 KiB take", calls: [(6400, 0), (6500, 327_680)],
            pause: 20),
        Case(name: "a flood does not wait", calls: [(6400, 0), (6410, 1 << 20)], pause: nil),
        Case(name: "a flood within no time neither", calls: [(6400, 0), (6400, 1 << 20)], pause: nil),
        Case(name: "a burst is no flood", calls: [(6400, 0), (6401, 8192)], pause: 64),
        Case(
            name: "among many it waits a quarter of its time", calls: [(200, 1000)], isCrowded: true,
            pause: 50),
        Case(name: "and no longer than alone", calls: [(60_000, 1000)], isCrowded: true, pause: 200),
        Case(
            name: "nor does a flood wait among many", calls: [(6400, 0), (6410, 1 << 20)], isCrowded: true,
            pause: nil),
        Case(name: "a device that says nothing new", calls: [(6400, 5), (6400, 5)], pause: 100),
    ]

    @Test(arguments: cases) func `how long output waits`(example: Case) {
        var gathering = OutputGathering(since: start)
        var pause: Duration?
        for call in example.calls {
            pause = gathering.pause(
                at: start + .milliseconds(call.time), received: call.received, isCrowded: example.isCrowded)
        }
        #expect(pause == example.pause.map { .milliseconds($0) })
    }
}

@Suite struct RunStateTests {
    @Test func `a device that waits for an answer is heard at once for longer`() {
        func state(_ keepsInputOpen: Bool) -> RunState {
            RunState(ShellJob(input: [], keepsInputOpen: keepsInputOpen), on: "d", since: .now)
        }
        #expect(state(true).promptBytes > state(false).promptBytes)
    }
}

@Suite struct ChannelInboxTests {
    @Test func `pieces of one stream are joined, whatever came between`() {
        var inbox = ChannelInbox()
        for (text, stream) in [("a", 0), ("x", 1), ("b", 0), ("y", 1), ("cc", 0)] {
            unsafe Array(text.utf8).withUnsafeBytes {
                unsafe inbox.append(
                    $0, from: stream == 0 ? .standardOutput : .standardError, limit: 3)
            }
        }
        #expect(inbox.count == 6 && inbox.received == 6)
        var taken: [String] = []
        while let piece = inbox.take() { taken.append(String(decoding: piece.bytes, as: UTF8.self)) }
        #expect(taken == ["ab", "xy", "cc"] && inbox.count == 0)
    }

    @Test func `all of it is taken at once, each stream in order`() {
        var inbox = ChannelInbox()
        for (text, stream) in [
            ("a", OutputStreamKind.standardOutput), ("x", .standardError), ("bcd", .standardOutput),
        ] {
            unsafe Array(text.utf8).withUnsafeBytes { unsafe inbox.append($0, from: stream, limit: 3) }
        }
        #expect(inbox.takeAll().map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "x", "bcd"])
        #expect(inbox.isEmpty && inbox.count == 0 && inbox.received == 5)
    }
}
