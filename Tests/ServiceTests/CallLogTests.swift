import Basics
import Operations
import Synchronization
import Testing

@testable import MCP
@testable import Service

@Suite(.timeLimit(.minutes(5))) struct CallLogTests {
    /// Keeps what was sent.
    private final class Sink: MessageSink {
        let sent = Mutex<[JSONValue]>([])

        func send(_ frame: OutgoingFrame, about request: RPCID?) async {
            guard let tree = try? JSONParser.parse(frame.bytes) else { return }
            sent.withLock { $0.append(tree) }
        }

        /// The log messages: level and data.
        var messages: [[JSONValue?]] {
            sent.withLock(\.self).filter { $0["method"] == "notifications/message" }.map {
                [$0["params"]?["level"], $0["params"]?["data"]?["message"], $0["params"]?["data"]?["tool"]]
            }
        }
    }

    private let sink = Sink()
    private let conversation: Conversation

    init() throws {
        let content = ProductContent(
            catalogue: try ToolCatalogueTests.catalogue(.read),
            caller: Caller(actor: "a", surface: "mcp", level: .read)
        ) { (_, _) async throws(OperationError) in throw OperationError(.notInitialised, "Nothing here") }
        conversation = Conversation(
            with: Server(information: MCPCommand.information, instructions: "", content: content),
            standing: sink)
    }

    /// Sends a message, and returns when all that it led to was sent.
    private func send(_ id: Int64, _ method: String, _ parameters: JSONValue) async {
        let request: JSONValue = [
            "jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": parameters,
        ]
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Task {
                await conversation.receive(RPCReader.read(JSONWriter.bytes(request)), through: sink) {
                    done.resume()
                }
            }
        }
    }

    private func initialize(_ revision: String) async {
        await send(
            1, "initialize",
            ["protocolVersion": .string(revision), "capabilities": [:], "clientInfo": ["name": "x"]])
    }

    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `every revision with sessions has levels, and a call tells what they let through`(
        _ revision: Revision
    ) async {
        await initialize(revision.rawValue)
        #expect(sink.sent.withLock { $0.first?["result"]?["capabilities"]?["logging"] } == [:])
        await send(2, "tools/call", ["name": "list_devices"])
        #expect(sink.messages.isEmpty)
        await send(3, "logging/setLevel", ["level": "debug"])
        await send(4, "tools/call", ["name": "list_devices"])
        let all: [[JSONValue?]] = [
            ["debug", "began", "list_devices"], ["error", "Nothing here", "list_devices"],
        ]
        #expect(sink.messages == all)
        #expect(sink.sent.withLock { $0.last?["id"] } == 4)
        await send(5, "logging/setLevel", ["level": "critical"])
        await send(6, "tools/call", ["name": "list_devices"])
        #expect(sink.messages == all)
        await send(7, "logging/setLevel", ["level": "loud"])
        #expect(sink.sent.withLock { $0.last?["error"]?["code"] } == -32602)
    }

    @Test func `a stateless request names its level itself`() async {
        func call(_ id: Int64, _ level: JSONValue?) async {
            var meta: [String: JSONValue] = [
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": [:],
            ]
            meta["io.modelcontextprotocol/logLevel"] = level
            await send(id, "tools/call", ["name": "list_devices", "_meta": .object(meta)])
        }
        await call(1, "error")
        #expect(sink.messages == [["error", "Nothing here", "list_devices"]])
        await call(2, nil)
        #expect(sink.messages.count == 1)
        await send(
            3, "logging/setLevel",
            [
                "level": "debug",
                "_meta": [
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": [:],
                ],
            ])
        #expect(sink.sent.withLock { $0.last?["error"]?["code"] } == -32601)
    }

    @Test func `events on the way are messages too, without their secrets`() async {
        let request = RPCRequest(id: .int(1), method: "tools/call", parameters: [:])
        let outlet = Outlet(sink: sink, request: request, revision: .november2025, leastLevel: .info)
        let context = RequestContext(
            revision: .november2025, client: ClientFacts(information: nil, capabilities: [:]), outlet: outlet)
        let log = CallLog(request: context, tool: "create_backup")
        let relay = ProgressRelay(log: log, redactor: Redactor())
        log.began()
        relay.report(ProgressUpdate(phase: "backing up", done: 0, unit: "devices"))
        relay.report(
            ProgressUpdate(
                phase: "backing up", done: 1, unit: "devices", event: "nas1: password=hunter2secret"))
        log.ended(["notes": ["A part of it failed; the entries say which."]])
        await outlet.sendNotes()
        #expect(
            sink.messages == [
                ["info", "nas1: password=‹hidden›", "create_backup"],
                ["notice", "A part of it failed; the entries say which.", "create_backup"],
            ])
    }
}
