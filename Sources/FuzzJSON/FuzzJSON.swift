import Basics

/// What the fuzzer calls with each input: reads it in both modes and asks for what must hold of any result.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let strict = try? JSONParser.parse(bytes)
    let repaired = try? JSONParser.parse(bytes, repairsText: true)
    if let strict { precondition(repaired == strict, "what needs no repair was repaired") }
    guard let value = repaired else { return 0 }
    let written = JSONWriter.bytes(value)
    guard let again = try? JSONParser.parse(written) else { preconditionFailure("written JSON is none") }
    precondition(JSONWriter.bytes(again) == written, "written JSON changed on its way")
    precondition(JSONWriter.bytes(value, isPretty: true).count >= written.count, "pretty JSON is shorter")
    checkRedaction(of: value)
    return 0
}

/// Redacting must neither fail nor go on for ever, and twice must be once.
private func checkRedaction(of value: JSONValue) {
    let redactor = Redactor { secret in [UInt8(truncatingIfNeeded: secret.count), 2, 3, 4] }
    let once = redactor.redact(value)
    precondition(redactor.redact(once) == once, "redacting twice changed a tree")
}
