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
    return 0
}
