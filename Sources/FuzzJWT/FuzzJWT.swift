import JOSE

/// What the fuzzer calls with each input: reads it as a token and as a set of keys; no input may count.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    _ = try? PublicKeySet(bytes)
    guard let keys, let token = try? SignedToken(String(decoding: bytes, as: UTF8.self)) else { return 0 }
    let expectation = SignedToken.Expectation(issuer: "i", audience: "a")
    precondition((try? token.claims(by: keys, for: expectation, now: 0)) == nil, "a made-up token counts")
    return 0
}

/// A public key whose private half nobody has.
private let keys: PublicKeySet? = try? PublicKeySet(
    Array(
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#.utf8))
