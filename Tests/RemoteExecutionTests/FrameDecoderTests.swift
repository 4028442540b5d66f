import RemoteExecution
import Testing

@Suite("Frames of a run")
struct FrameDecoderTests {
    private let boundary = FrameBoundary()

    private var stream: [UInt8] {
        let mark = "\n\(boundary.text) "
        return Array("Welcome to web1\n\(mark)H 1 1000 ops\n".utf8) + Array("\(mark)S 0\n".utf8) + [
            0, 255, 10, 10,
        ]
            + Array(
                "\(mark)E 0\n\(mark)S 1\n\(mark)E absent\n\(mark)S 2\nfake\n0123 E 0\n\(mark)E 124\n\(mark)Z\ntail"
                    .utf8)
    }

    private let expected: [FrameDecoder.Event] = [
        .hello(uid: "1000", user: "ops"), .began(0), .bytes([0, 255, 10, 10]), .ended(status: 0), .began(1),
        .ended(status: nil), .began(2), .bytes(Array("fake\n0123 E 0\n".utf8)), .ended(status: 124),
        .finished,
    ]

    /// Neighbouring pieces of one body put together.
    private func joined(_ events: [FrameDecoder.Event]) -> [FrameDecoder.Event] {
        events.reduce(into: []) { result, event in
            if case .bytes(let more) = event, case .bytes(let before)? = result.last {
                result[result.count - 1] = .bytes(before + more)
            } else {
                result.append(event)
            }
        }
    }

    @Test("The same events come out however the stream is cut", arguments: [1, 2, 3, 7, 33, 64, 1 << 20])
    func pieces(size: Int) {
        var decoder = FrameDecoder(boundary: boundary)
        var events: [FrameDecoder.Event] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            events += decoder.consume(Array(stream[start..<min(stream.count, start + size)]))
        }
        #expect(joined(events) == expected)
        #expect(String(decoding: decoder.noise, as: UTF8.self).hasPrefix("Welcome to web1"))
    }

    @Test("A step that ended as it is known to has an end of its own")
    func unchanged() {
        var decoder = FrameDecoder(boundary: boundary)
        let text = ["H 1 0 root", "S 4", "E same", "E same"].map { "\n\(boundary.text) \($0)\n" }.joined()
        let events = decoder.consume(Array(text.utf8))
        #expect(events == [.hello(uid: "0", user: "root"), .began(4), .unchanged])
    }

    @Test("Another run's boundary is ordinary output")
    func foreignBoundary() {
        var decoder = FrameDecoder(boundary: boundary)
        let foreign = "\n\(FrameBoundary().text) E 0\n"
        let text = "\n\(boundary.text) H 1 0 root\n\n\(boundary.text) S 0\n\(foreign)\n\(boundary.text) E 1\n"
        let events = joined(decoder.consume(Array(text.utf8)))
        #expect(
            events == [
                .hello(uid: "0", user: "root"), .began(0), .bytes(Array(foreign.utf8)), .ended(status: 1),
            ])
    }

    @Test("A shell that never runs the script leaves only noise, and not much of it")
    func noise() {
        var decoder = FrameDecoder(boundary: boundary)
        for _ in 0..<100 { #expect(decoder.consume([UInt8](repeating: 0x41, count: 1000)).isEmpty) }
        #expect(!decoder.isRunning)
        #expect(decoder.noise.count == 4096)
    }

    @Test("A word of refusal shorter than a frame's mark is kept")
    func shortNoise() {
        var decoder = FrameDecoder(boundary: boundary)
        #expect(decoder.consume(Array("not here\n".utf8)).isEmpty)
        #expect(decoder.noise == Array("not here\n".utf8))
    }

    @Test("A piece without any sign of a mark is handed on at once and whole")
    func wholePieces() {
        var decoder = FrameDecoder(boundary: boundary)
        _ = decoder.consume(Array("\n\(boundary.text) H 1 0 root\n\n\(boundary.text) S 0\n".utf8))
        let piece = [UInt8](repeating: 0x41, count: 1000)
        #expect(decoder.consume(piece) == [.bytes(piece)])
        #expect(decoder.consume(piece + [0x0A]) == [.bytes(piece)])
        #expect(decoder.consume(piece) == [.bytes([0x0A] + piece)])
    }
}
