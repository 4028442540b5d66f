import Basics
import MCP

/// What the fuzzer calls with each input: a stream of lines, cut at different places, and each line as a message.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let whole = events(bytes, pieces: bytes.count)
    precondition(events(bytes, pieces: 1) == whole, "where a stream is cut changed its lines")
    precondition(events(bytes, pieces: 7) == whole, "where a stream is cut changed its lines")
    for case .line(let line) in whole {
        precondition(!line.contains(0x0A) && line.count <= limit, "a line that is none")
        check(RPCReader.read(line))
    }
    return 0
}

private let limit = 512

private func events(_ bytes: [UInt8], pieces: Int) -> [LineFramer.Event] {
    var framer = LineFramer(limit: limit)
    var events: [LineFramer.Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        events += framer.push(rest.prefix(max(1, pieces)))
        rest = rest.dropFirst(max(1, pieces))
    }
    // How much of a line that is too long was seen when it was refused depends on where the stream was cut.
    return (events + framer.finish()).map { event in
        guard case .tooLong = event else { return event }
        return .tooLong(head: [])
    }
}

/// A message that was understood is written as one line and understood the same again.
private func check(_ reading: RPCReader.Reading) {
    switch reading {
    case .message(let message):
        let written = message.bytes
        precondition(!written.contains(0x0A), "a message of more than one line")
        precondition(RPCReader.read(written) == .message(message), "a message changed on its way")
    case .batch(let readings): for reading in readings { check(reading) }
    case .malformed(let error, let id):
        let answer = RPCMessage.response(RPCResponse(id: id, .failure(error)))
        precondition(!answer.bytes.contains(0x0A), "an answer of more than one line")
    case .ignorable: break
    }
}
