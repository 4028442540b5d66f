import HTTP

/// What the fuzzer calls with each input: reads it as the bytes of a connection, and asks for what must hold of any.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    let whole = events(of: [input])
    // Where the network cuts the bytes must not matter; the first byte says where it does.
    let step = Int(first % 7) + 1
    let pieces = stride(from: 0, to: input.count, by: step).map {
        Array(input[$0..<min($0 + step, input.count)])
    }
    precondition(events(of: pieces) == whole, "the cuts of the bytes changed what they mean")
    for event in whole {
        switch event {
        case .head(let head): check(head)
        case .request(_, let body): precondition(body.count <= limits.body, "a body over the limit")
        case .refused(let refusal):
            precondition((400...599).contains(refusal.status.code), "a refusal of no kind")
        }
    }
    return 0
}

private let limits = {
    var limits = HTTPLimits()
    (limits.head, limits.body, limits.fields, limits.target) = (512, 256, 8, 128)
    return limits
}()

private func events(of pieces: [[UInt8]]) -> [HTTPRequestParser.Event] {
    var parser = HTTPRequestParser(limits: limits)
    var events: [HTTPRequestParser.Event] = []
    for piece in pieces {
        parser.append(piece)
        while let event = parser.next() { events.append(event) }
        precondition(parser.keptBytes <= piece.count + limits.head + limits.body + 512, "too much is kept")
    }
    return events
}

/// The values that a head is read for, each of which must neither fail nor disagree with itself.
private func check(_ head: HTTPRequestHead) {
    for segment in head.target.segments {
        precondition(segment != ".." && segment != "." && !segment.utf8.contains(0), "a way up")
    }
    _ = head.target.parameters
    _ = AcceptedMedia(head.fields).allows(.json)
    _ = head.fields["content-type"].flatMap { MediaType($0) }
    if let token = try? BearerToken.token(of: head) {
        precondition(token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
    let own = HostPolicy(hosts: [HTTPHost(name: "localhost", port: 80)])
    if own.objection(to: head) == nil, let host = head.fields["host"] {
        precondition(HTTPHost(host) == HTTPHost(name: "localhost", port: 80), "a stranger's name passed")
    }
    let response = HTTPResponse(.ok, ["X": head.fields["x"] ?? ""])
    let text = HTTPResponseEncoder.head(response, framing: .none, date: "", keepsAlive: true)
    precondition(text.count(where: { $0 == 0x0A }) == 4, "a value began a line of its own")
}
