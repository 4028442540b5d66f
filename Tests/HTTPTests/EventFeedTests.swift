import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(5))) struct EventFeedTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func `what waits comes together, in its order`() async {
        let feed = EventFeed()
        feed.send([0x61])
        feed.send([0x62])
        #expect(text(await feed.next()) == "ab")
        feed.send([0x63])
        feed.end()
        #expect(!feed.send([0x64]))
        #expect(text(await feed.next()) == "c")
        #expect(await feed.next() == nil)
    }

    @Test func `who waits is woken by an event`() async {
        let feed = EventFeed()
        async let event = feed.next()
        feed.send(ServerSentEvent("x"))
        #expect(text(await event) == "data: x\n\n")
    }

    @Test func `a client that takes nothing is cut, and what it left is forgotten`() async {
        let feed = EventFeed(limit: 10)
        #expect(feed.send([UInt8](repeating: 0, count: 10)))
        #expect(!feed.send([1]))
        #expect(feed.isOverflown)
        #expect(await feed.next() == nil)
    }

    @Test func `a cancelled client ends its feed`() async {
        let feed = EventFeed()
        let waiting = Task { await feed.next() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        #expect(!feed.send([1]))
    }
}
