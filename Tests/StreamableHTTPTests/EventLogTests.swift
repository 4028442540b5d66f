import HTTP
import Testing

@testable import StreamableHTTP

@Suite struct EventLogTests {
    @Test func `what followed an event on its stream is known`() throws {
        var log = EventLog()
        let first = log.append("a", to: 1)
        _ = log.append("b", to: 2)
        _ = log.append("c", to: 1)
        let id = try #require(first.id.flatMap { EventLog.ID($0) })
        #expect(log.events(after: id)?.map(\.data) == ["c"])
        #expect(log.events(after: EventLog.ID(stream: 1, number: 99)) == nil)
    }

    @Test func `it is bounded in number and bytes, and says so`() {
        var log = EventLog()
        for number in 0..<1000 { _ = log.append("\(number)", to: 0) }
        #expect(log.events(after: EventLog.ID(stream: 0, number: 1)) == nil)
        #expect(log.events(after: EventLog.ID(stream: 0, number: 999))?.count == 1)
        let large = String(repeating: "x", count: 1 << 19)
        for _ in 0..<8 { _ = log.append(large, to: 0) }
        #expect(log.events(after: EventLog.ID(stream: 0, number: 1000)) == nil)
        #expect(log.events(after: EventLog.ID(stream: 0, number: 1007))?.count == 1)
    }

    @Test(arguments: ["", "1", "1-", "-1", "1-2-3", "a-1", "1-9999999999999999999", "+1-2", " 1-2"])
    func `what is no id is none`(_ text: String) { #expect(EventLog.ID(text) == nil) }
}
