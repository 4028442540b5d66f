import Basics
import MCP
import Synchronization

/// Seals by writing the purpose in front; a changed text does not open.
struct SampleSealer: StateSealer {
    func seal(_ bytes: [UInt8], for purpose: [UInt8]) -> String { Base64.string(purpose + [0] + bytes) }

    func open(_ text: String, for purpose: [UInt8]) -> [UInt8]? {
        guard let bytes = Base64.bytes(text), bytes.starts(with: purpose + [0]) else { return nil }
        return Array(bytes.dropFirst(purpose.count + 1))
    }
}

/// A little product: enough of everything to see what the protocol makes of it.
struct SampleContent: ServerContent {
    var features: Features = [
        .tools, .resources, .prompts, .completions, .logging, .changingTools, .changingResources,
        .subscriptions,
    ]
    /// Finished when a call that waits was cancelled.
    let cancelled = AsyncStream.makeStream(of: Void.self)
    /// Told when a call that waits began.
    let began = AsyncStream.makeStream(of: Void.self)

    func tools() async throws(RPCError) -> [Tool] {
        ["add", "ask", "fail", "wait", "work"].map { name in
            Tool(
                name: name, title: name.uppercased(), description: "Does \(name).",
                inputSchema: ["type": "object"], outputSchema: ["type": "object"],
                annotations: Tool.Annotations(
                    isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false))
        }
    }

    func call(
        _ tool: String, _ arguments: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<ToolResult> {
        switch tool {
        case "add":
            let sum = (arguments["a"]?.int ?? 0) + (arguments["b"]?.int ?? 0)
            return .complete(ToolResult([.text(String(sum))], structured: ["sum": .int(sum)]))
        case "ask":
            guard let answer = context.answers["name"] else {
                let schema: JSONValue = ["type": "object", "properties": ["name": ["type": "string"]]]
                return .inputRequired(
                    InputDemand(
                        ["name": .form(message: "Who?", schema: schema)], state: ["round": 1]))
            }
            return .complete(ToolResult([.text(JSONWriter.text([answer, context.state ?? .null]))]))
        case "fail": return .complete(ToolResult([.text("It failed.")], isError: true))
        case "wait":
            began.continuation.yield()
            do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.continuation.finish() }
            return .complete(ToolResult([.text("woken")]))
        case "work":
            await context.tell(progress: 0, of: 100, "begun")
            await context.tell(progress: 50, of: 100)
            await context.tell(progress: 20, of: 100)
            await context.log(.info, logger: "sample", "half")
            await context.log(.debug, logger: "sample", "detail")
            return .complete(ToolResult([.text("done")]))
        default: throw .invalidParameters("There is no tool ‘\(tool)’")
        }
    }

    func resources() async throws(RPCError) -> [Resource] {
        (0..<5).map { number in
            Resource(
                uri: "sample://\(number)", name: "r\(number)", title: "R\(number)", description: "One.",
                mimeType: "text/plain")
        }
    }

    func isKnown(_ uri: String) async -> Bool { uri != "sample://hidden" }

    func read(
        _ uri: String, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[ResourceContents]>? {
        guard uri.hasPrefix("sample://") else { return nil }
        return .complete([ResourceContents(uri: uri, mimeType: "text/plain", .text("text of \(uri)"))])
    }

    func prompts() async throws(RPCError) -> [Prompt] {
        [
            Prompt(
                name: "greet", title: "Greet", description: "Greets.",
                arguments: [.init("who", "Whom.", isRequired: true), .init("how", "How.", isRequired: false)])
        ]
    }

    func prompt(
        _ name: String, _ arguments: [String: String], in context: RequestContext
    ) async throws(RPCError) -> Outcome<PromptResult> {
        .complete(
            PromptResult(
                description: "Greets.", messages: [.init(.user, .text("Hello \(arguments["who"] ?? "")"))]))
    }

    func complete(_ question: CompletionQuestion) async throws(RPCError) -> Completion? {
        guard question.place == .prompt("greet"), question.argument == "who" else { return nil }
        return Completion(["anna", "bert"].filter { $0.hasPrefix(question.text) })
    }
}
