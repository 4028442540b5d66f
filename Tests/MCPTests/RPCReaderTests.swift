import Basics
import MCP
import Testing

@Suite struct RPCReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let id: String
        let text: String
        let code: Int?
        let answered: RPCID?
        var testDescription: String { id }

        init(_ id: String, _ text: String, _ code: Int?, _ answered: RPCID? = nil) {
            self.id = id
            self.text = text
            self.code = code
            self.answered = answered
        }
    }

    static let malformed = [
        Case("no JSON", "{", -32700),
        Case("no JSON with an id", #"{"jsonrpc":"2.0","id":7,"method":}"#, -32700, .int(7)),
        Case("id in a text", #"{"a":"\"id\":9","b":}"#, -32700),
        Case("id deeper down", #"{"a":{"id":9},"b":}"#, -32700),
        Case("text id", #"{"id" : "x\u0041", ]"#, -32700, .string("xA")),
        Case("an id that is out of range", #"{"jsonrpc":"2.0","id":1e400,"method":"m"}"#, -32700),
        Case("an id that is half a number", #"{"jsonrpc":"2.0","id":7abc,"method":"m"}"#, -32700),
        Case("a number", "7", -32600),
        Case("an empty batch", "[]", -32600),
        Case("version 1", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, .int(1)),
        Case("id null", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        Case("id with a fraction", #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        Case("id true", #"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600),
        Case("method no text", #"{"jsonrpc":"2.0","id":"a","method":3}"#, -32600, .string("a")),
        Case("neither method nor result", #"{"jsonrpc":"2.0","id":4}"#, -32600, .int(4)),
        Case("params a list", #"{"jsonrpc":"2.0","id":4,"method":"x","params":[]}"#, -32602, .int(4)),
        Case("a member twice", #"{"jsonrpc":"2.0","id":4,"id":5,"method":"x"}"#, -32700, .int(4)),
        Case(
            "too deep", #"{"jsonrpc":"2.0","id":8,"p":"# + String(repeating: "[", count: 4000), -32700,
            .int(8)),
    ]

    @Test(arguments: malformed) func `what is no request is refused with its id`(_ item: Case) {
        guard case .malformed(let error, let id) = RPCReader.read(Array(item.text.utf8)) else {
            Issue.record("it was taken for a message")
            return
        }
        #expect(error.code == item.code)
        #expect(id == item.answered)
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":5}"#, #"{"jsonrpc":"2.0","method":"x","params":3}"#,
        #"{"jsonrpc":"2.0","result":{}}"#,
    ]) func `nothing that wants no answer gets one`(_ text: String) {
        #expect(RPCReader.read(Array(text.utf8)) == .ignorable)
    }

    @Test func `ids keep their type and value`() {
        for (text, id) in [("9007199254740993", RPCID.int(9_007_199_254_740_993)), ("\"1\"", .string("1"))] {
            let read = RPCReader.read(Array(#"{"jsonrpc":"2.0","id":\#(text),"method":"m"}"#.utf8))
            #expect(read == .message(.request(RPCRequest(id: id, method: "m"))))
        }
    }

    @Test func `half a pair of surrogates becomes a mark, and the request is answered`() {
        let read = RPCReader.read(
            Array(#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\ud800"}}"#.utf8))
        #expect(
            read == .message(.request(RPCRequest(id: .int(1), method: "m", parameters: ["a": "\u{FFFD}"]))))
    }

    @Test(arguments: [#""a\ud800""#, #""\udc00""#, "\"\u{FFFD}\\ud800\""])
    func `what must come back unchanged and cannot is refused, and never altered`(_ text: String) {
        func error(_ message: String, _ id: RPCID?) {
            guard case .malformed(let error, id) = RPCReader.read(Array(message.utf8)) else {
                Issue.record("taken: \(message)")
                return
            }
            #expect(error.code == -32600)
        }
        error(#"{"jsonrpc":"2.0","id":\#(text),"method":"m"}"#, nil)
        error(
            #"{"jsonrpc":"2.0","id":"x","method":"m","params":{"_meta":{"progressToken":\#(text)}}}"#,
            .string("x"))
        let batch = RPCReader.read(
            Array(
                #"[{"jsonrpc":"2.0","id":\#(text),"method":"m"},{"jsonrpc":"2.0","id":1,"method":"m"}]"#.utf8)
        )
        guard case .batch(let parts) = batch, case .malformed(_, nil) = parts[0], case .message = parts[1]
        else {
            Issue.record("\(batch)")
            return
        }
        let response = #"{"jsonrpc":"2.0","id":\#(text),"result":{}}"#
        #expect(RPCReader.read(Array(response.utf8)) == .ignorable)
        // One that is no JSON in another place as well is told without an id.
        guard case .malformed(_, nil) = RPCReader.read(Array(#"{"id":\#(text),"method":}"#.utf8)) else {
            Issue.record("an id that nobody sent")
            return
        }
    }

    @Test func `the mark itself is a sign like any other`() {
        let read = RPCReader.read(Array(#"{"jsonrpc":"2.0","id":"\#u{FFFD}","method":"m"}"#.utf8))
        #expect(read == .message(.request(RPCRequest(id: .string("\u{FFFD}"), method: "m"))))
    }

    @Test func `a batch is read element by element`() {
        let read = RPCReader.read(Array(#"[{"jsonrpc":"2.0","method":"n"},3]"#.utf8))
        guard case .batch(let parts) = read else {
            Issue.record("no batch")
            return
        }
        #expect(parts.first == .message(.notification(RPCNotification(method: "n"))))
        #expect(parts.count == 2)
    }

    @Test func `what is written is read back`() {
        let messages: [RPCMessage] = [
            .request(RPCRequest(id: .string("é\n"), method: "m", parameters: ["a": [1, nil, .double(2.5)]])),
            .notification(RPCNotification(method: "n")),
            .response(RPCResponse(id: .int(-4), .success(["x": "y"]))),
            .response(RPCResponse(id: .int(5), .failure(RPCError(-32000, "no", data: [1])))),
        ]
        for message in messages {
            #expect(!message.bytes.contains(0x0A))
            #expect(RPCReader.read(message.bytes) == .message(message))
        }
    }
}
