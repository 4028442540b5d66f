import Basics

/// What the fuzzer calls with each input: redacts it as text and, where it is JSON, as a tree.
///
/// That must neither fail nor go on for ever, and twice must be once.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let redactor = Redactor { secret in [UInt8(truncatingIfNeeded: secret.count), 2, 3, 4] }
    guard let tree = try? JSONParser.parse(bytes, repairsText: true) else {
        let once = redactor.redact(bytes)
        precondition(redactor.redact(once) == once, "redacting twice changed a text")
        return 0
    }
    let once = redactor.redact(tree)
    precondition(redactor.redact(once) == once, "redacting twice changed a tree")
    return 0
}
