import Basics
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import MCP

/// The writer of lines over real pipes.
@Suite(.timeLimit(.minutes(5))) struct LineWriterTests {
    private func frame(_ number: Int, padding: Int = 0) -> OutgoingFrame {
        let padding = String(repeating: "x", count: padding)
        return .message(.notification(RPCNotification(method: "\(number) \(padding)")))
    }

    /// Reads lines until there are `count`, on a thread of its own.
    private func lines(_ count: Int, from descriptor: Int32) async throws -> [JSONValue] {
        let bytes = await withCheckedContinuation { (continuation: CheckedContinuation<[UInt8], Never>) in
            let isStarted: Void? = try? BackgroundThread.start {
                var bytes: [UInt8] = []
                let stream = ProtocolStream(descriptor)
                while bytes.count(where: { $0 == 0x0A }) < count,
                    let more = try? stream.read(limit: 1 << 16), !more.isEmpty
                {
                    bytes += more
                }
                continuation.resume(returning: bytes)
            }
            if isStarted == nil { continuation.resume(returning: []) }
        }
        return try bytes.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }

    @Test func `many senders at once give whole lines, each once`() async throws {
        let ends = try PipeEnds()
        defer { withExtendedLifetime(ends) {} }
        let writer = LineWriter(ProtocolStream(ends.writing)) {}
        // Some are larger than a pipe takes at once.
        async let read = lines(400, from: ends.reading)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    await writer.send(frame(number, padding: number % 50 == 0 ? 100_000 : 10), about: nil)
                }
            }
        }
        let numbers = try await read.compactMap { $0["method"]?.string?.prefix { $0 != " " } }
        #expect(numbers.compactMap { Int($0) }.sorted() == Array(0..<400))
    }

    @Test func `what one sends stays in its order`() async throws {
        let ends = try PipeEnds()
        defer { withExtendedLifetime(ends) {} }
        let writer = LineWriter(ProtocolStream(ends.writing)) {}
        async let read = lines(200, from: ends.reading)
        for number in 0..<200 {
            await writer.send(frame(number, padding: number % 3 == 0 ? 20_000 : 0), about: nil)
        }
        let numbers = try await read.compactMap { $0["method"]?.string?.prefix { $0 != " " } }
        #expect(numbers.compactMap { Int($0) } == Array(0..<200))
    }

    @Test func `when nobody reads any more every sender goes on, and it is told once`() async throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { close(writing) }
        let closed = Mutex(0)
        let writer = LineWriter(ProtocolStream(writing)) { closed.withLock { $0 += 1 } }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { await writer.send(frame(number, padding: 20_000), about: nil) }
            }
            // They wait for a pipe that is full by then, or will find it closed.
            group.addTask { close(reading) }
        }
        await writer.send(frame(51), about: nil)
        #expect(closed.withLock(\.self) == 1)
    }
}
