import HTTP

/// What the fuzzer calls with each input: reads it as the bytes of a connection, whole and in pieces, and asks for what
/// must hold of any result.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    var limits = HTTPLimits()
    (limits.head, limits.fields, limits.target, limits.body) = (1024, 16, 256, 512)
    let whole = events(bytes, piece: max(1, bytes.count), limits)
    // The first byte says where it is cut, so that the fuzzer chooses.
    for piece in [1, Int(bytes.first ?? 0) % 16 + 2] {
        precondition(
            events(bytes, piece: piece, limits) == whole, "cut elsewhere, the bytes say something else")
    }
    for event in whole { check(event, limits) }
    let ends = whole.indices.filter { if case .refused = whole[$0] { true } else { false } }
    precondition(ends.allSatisfy { $0 == whole.count - 1 }, "something came behind a refusal")
    return 0
}

/// All events of `bytes` that come in pieces of one size.
private func events(_ bytes: [UInt8], piece: Int, _ limits: HTTPLimits) -> [HTTPRequestParser.Event] {
    var parser = HTTPRequestParser(limits: limits)
    var events: [HTTPRequestParser.Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        parser.append(rest.prefix(piece))
        rest = rest.dropFirst(piece)
        while let event = parser.next() { events.append(event) }
        precondition(parser.keptBytes <= limits.head + limits.body + piece, "more is kept than may come")
    }
    return events
}

private func check(_ event: HTTPRequestParser.Event, _ limits: HTTPLimits) {
    switch event {
    case .refused(let refusal):
        precondition((400...599).contains(refusal.status.code), "refused as a success")
    case .request(_, let body): precondition(body.count <= limits.body, "a body over the limit")
    case .head(let head): check(head, limits)
    }
}

/// A head must hold nothing that another reader could take for something else, and must not harm whoever asks it.
private func check(_ head: HTTPRequestHead, _ limits: HTTPLimits) {
    let target = head.target
    precondition(target.path.hasPrefix("/") || target.path == "*", "a path from nowhere")
    precondition(target.segments.allSatisfy { $0 != ".." && !$0.utf8.contains(0) }, "a way up")
    precondition(head.fields.all.count <= limits.fields, "too many fields")
    for field in head.fields.all {
        precondition(field.name == field.name.lowercased() && !field.name.isEmpty, "a name with case")
        precondition(field.value.unicodeScalars.allSatisfy { $0 != "\r" && $0 != "\n" }, "a line in a value")
    }
    precondition(head.fields.values(of: "host").count == 1 || head.minorVersion == 0, "not one host")
    _ = target.parameters
    _ = (head.keepsAlive, head.expectsContinue)
    _ = AcceptedMedia(head.fields).weight(of: .json)
    _ = head.fields["content-type"].flatMap { MediaType($0) }
    _ = try? BearerToken.token(of: head)
    _ = HostPolicy(hosts: [HTTPHost(name: "localhost", port: 80)]).objection(to: head)
    checkAnswer(echoing: head)
}

/// What a client sent must not become a line of its own in what it is answered.
private func checkAnswer(echoing head: HTTPRequestHead) {
    var fields = HTTPFields()
    for field in head.fields.all { fields.append("X-Echo", field.value) }
    let answer = HTTPResponseEncoder.head(
        HTTPResponse(.ok, fields), framing: .length(0), date: "", keepsAlive: true)
    // Status, date and length, and the empty line.
    precondition(answer.count { $0 == 0x0A } == fields.all.count + 4, "a value began a line")
}
