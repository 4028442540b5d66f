import Basics
import MCP
import Synchronization
import Testing

@testable import HTTP
@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(5))) struct PatienceTests {
    private func sink() -> ReplySink {
        ReplySink {
            let feed = EventFeed()
            return ReplySink.Channel(
                feed: feed, send: { feed.send(ServerSentEvent($0)) }, rest: {}, end: { feed.end() })
        }
    }

    private let answer = OutgoingFrame.message(.response(RPCResponse(id: .int(1), .success([:]))))

    @Test func `an answer that is there is a document, and nobody looks after it`() async {
        let patience = Patience(.seconds(3600))
        let sink = sink()
        await sink.send(answer, about: .int(1))
        guard case .document(let frame, let bytes) = await sink.shape(within: patience) else {
            Issue.record("no document")
            return
        }
        #expect(frame == answer && bytes == answer.bytes)
        #expect(patience.count == 0)
    }

    @Test func `an answer that comes in time is a document`() async {
        let patience = Patience(.seconds(3600))
        let sink = sink()
        async let shape = sink.shape(within: patience)
        await sink.send(answer, about: .int(1))
        guard case .document = await shape else {
            Issue.record("no document")
            return
        }
        #expect(patience.count == 0)
    }

    @Test func `when patience is over the client gets a stream, on which the answer comes`() async {
        let patience = Patience(.milliseconds(50))
        let sinks = (0..<20).map { _ in sink() }
        await withTaskGroup(of: Void.self) { group in
            for sink in sinks {
                group.addTask {
                    guard case .events(let feed) = await sink.shape(within: patience) else {
                        Issue.record("no stream")
                        return
                    }
                    await sink.send(self.answer, about: .int(1))
                    sink.finish()
                    let event = await feed.next()
                    #expect(event?.isEmpty == false)
                }
            }
        }
        #expect(patience.count == 0)
    }

    @Test func `who comes after it ended its watch is looked after again`() async {
        let patience = Patience(.milliseconds(20))
        for _ in 0..<3 {
            guard case .events = await sink().shape(within: patience) else {
                Issue.record("no stream")
                return
            }
            // Nobody is there now; it looks once more and ends.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
