import Basics
import HTTP
import MCP
import StreamableHTTP

/// What the fuzzer calls with each input: lines of header fields, an empty line and a body, as a client of the protocol
/// sends them.
///
/// - Returns: 0, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    var fields = HTTPFields()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst(), !line.isEmpty {
        let parts = line.split(separator: ":", maxSplits: 1)
        fields.append(String(parts.first ?? ""), String(parts.count > 1 ? parts[1] : ""))
    }
    let reading = RPCReader.read(Array(lines.joined(separator: "\n").utf8))
    guard case .message(.request(let request)) = reading else { return 0 }
    check(request, fields)
    return 0
}

private let tool = Tool(
    name: "t", title: "", description: "",
    inputSchema: [
        "properties": [
            "a": ["type": "string", "x-mcp-header": "A"],
            "b": ["properties": ["c": ["type": "integer", "x-mcp-header": "C"]]],
        ]
    ], outputSchema: nil, annotations: nil)

/// Fields that pass say what the body says, however they are written.
private func check(_ request: RPCRequest, _ fields: HTTPFields) {
    if let id = fields["last-event-id"].flatMap({ EventLog.ID($0) }) {
        precondition(EventLog.ID(id.text) == id, "an id that is another when it is written")
    }
    let isModern = ModernHeaders.concern(fields, .request(request))
    guard ModernHeaders.objection(to: request, fields) == nil else { return }
    precondition(isModern, "a request of no world passed as one of the stateless revisions")
    precondition(fields.values(of: "mcp-method") == [request.method], "the method is another")
    guard HeaderParameter.objection(to: request.parameters["arguments"], of: tool, fields) == nil else {
        return
    }
    let named = fields.values(of: "mcp-param-a")
    let argument = request.parameters["arguments"]?["a"]
    precondition(named.isEmpty == (argument == nil || argument?.isNull == true), "a field for nothing")
    if let text = argument?.string {
        precondition(ModernHeaders.decoded(named[0]) == text, "the argument is another")
    }
}
