import Basics
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(5))) struct OutletTests {
    private let sink = MemorySink()

    private func outlet(_ level: LogLevel?) -> Outlet {
        Outlet(
            sink: sink, request: RPCRequest(id: .int(1), method: "tools/call", parameters: [:]),
            revision: .november2025, leastLevel: level)
    }

    @Test func `messages keep their order, and what is too much is counted`() async {
        let outlet = outlet(.info)
        outlet.note(.debug, logger: "a", "too small")
        for number in 0..<70 { outlet.note(.info, logger: "a", .int(Int64(number))) }
        await outlet.sendNotes()
        let data = await sink.frames(65).map { $0["params"]?["data"] }
        #expect(data.prefix(64) == (0..<64).map { JSONValue.int(Int64($0)) }[...])
        #expect(data.last == ["droppedMessages": 6])
        await outlet.sendNotes()
        #expect(await sink.frames(65).count == 65)
    }

    @Test func `nothing is noted after the end, or for nobody`() async {
        let closed = outlet(.debug)
        closed.note(.info, logger: "a", 1)
        closed.close()
        closed.note(.info, logger: "a", 2)
        await closed.sendNotes()
        let unwanted = outlet(nil)
        #expect(!unwanted.wantsNews && !unwanted.wants(.emergency))
        unwanted.note(.emergency, logger: "a", 3)
        await unwanted.sendNotes()
        await outlet(.debug).log(.info, logger: "a", "last")
        #expect(await sink.frames(1).map { $0["params"]?["data"] } == ["last"])
    }

    @Test func `a request that was called off says nothing more`() async {
        let outlet = outlet(.debug)
        outlet.note(.info, logger: "a", 1)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            await outlet.sendNotes()
        }
        task.cancel()
        await task.value
        await outlet.log(.info, logger: "a", "last")
        #expect(await sink.frames(1).count == 1)
    }
}
