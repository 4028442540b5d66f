package import Basics

/// The fixtures that the protocol's conformance suite expects of a server, so that the suite can be run against this one.
package struct ConformanceContent: ServerContent {
    let hub: ChangeHub
    let shelf: TaskShelf

    /// Fresh fixtures.
    package init() {
        let hub = ChangeHub()
        self.hub = hub
        shelf = TaskShelf(hub: hub, pollInterval: 100)
    }

    package var features: Features {
        [
            .tools, .resources, .prompts, .completions, .logging, .tasks, .changingTools, .changingPrompts,
            .changingResources, .subscriptions,
        ]
    }

    package func tools() async throws(RPCError) -> [Tool] { ConformanceTools.all }

    package func call(
        _ tool: String, _ arguments: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<ToolResult> {
        if let result = ConformanceTools.plain[tool] { return .complete(result) }
        if let outcome = try ConformanceQuestions(context: context, arguments: arguments).outcome(of: tool) {
            return outcome
        }
        if let outcome = try await ConformanceTasks(shelf: shelf, context: context, arguments: arguments)
            .outcome(of: tool)
        {
            return outcome
        }
        guard let text = await telling(tool, arguments, context) else {
            throw .invalidParameters("There is no tool ‘\(tool)’")
        }
        return .complete(ToolResult([.text(text)]))
    }

    /// Runs a tool that tells its client something on the way.
    private func telling(
        _ tool: String, _ arguments: [String: JSONValue], _ context: RequestContext
    ) async -> String? {
        switch tool {
        case "test_tool_with_logging":
            for text in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                await context.log(.info, logger: "conformance", .string(text))
            }
            return "Tool with logging executed successfully"
        case "test_tool_with_progress":
            for step in [0.0, 50, 100] {
                await context.tell(progress: step, of: 100, "Completed step \(Int(step)) of 100")
            }
            return "Tool with progress executed successfully"
        case "test_logging_tool":
            await context.log(.info, logger: "conformance", "Logging evaluated")
            return "Logging evaluated"
        case "test_streaming_elicitation":
            await context.tell(progress: 50, of: 100)
            return "Streaming complete"
        case "test_trigger_tool_change": hub.publish(.tools)
        case "test_trigger_prompt_change": hub.publish(.prompts)
        case "test_reconnection":
            await context.rest()
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return "Cancelled" }
            return "Reconnection test completed successfully."
        case "json_schema_2020_12_tool": return "Called with: \(JSONWriter.text(.object(arguments)))"
        case "test_header_parameter": return "Region: \(arguments["region"]?.string ?? "none")"
        default: return nil
        }
        return "Mutation triggered"
    }

    package func prompts() async throws(RPCError) -> [Prompt] { ConformancePrompts.all }

    package func prompt(
        _ name: String, _ arguments: [String: String], in context: RequestContext
    ) async throws(RPCError) -> Outcome<PromptResult> {
        try ConformancePrompts.outcome(of: name, arguments, answers: context.answers)
    }

    package func complete(_ question: CompletionQuestion) async throws(RPCError) -> Completion? {
        switch (question.place, question.argument) {
        case (.prompt("test_prompt_with_arguments"), "arg1"), (.prompt("test_prompt_with_arguments"), "arg2"),
            (.template("test://template/{id}/data"), "id"):
            Completion(["test-one", "test-two"].filter { $0.hasPrefix(question.text) })
        default: nil
        }
    }

    package func changes() -> AsyncStream<Change> { hub.stream() }

    package func task(_ id: String) async throws(RPCError) -> TaskView? { await shelf.task(id) }

    package func update(_ task: String, answers: [String: JSONValue]) async throws(RPCError) -> TaskView? {
        await shelf.update(task, answers: answers)
    }

    package func cancel(_ task: String) async throws(RPCError) -> TaskView? { await shelf.cancel(task) }
}

// MARK: - Resources

extension ConformanceContent {
    private static let watched = "test://watched-resource"

    package func resources() async throws(RPCError) -> [Resource] {
        [
            Resource(
                uri: "test://static-binary", name: "static-binary", title: "Static binary",
                description: "Bytes that never change.", mimeType: "image/png"),
            Resource(
                uri: "test://static-text", name: "static-text", title: "Static text",
                description: "A text that never changes.", mimeType: "text/plain"),
            Resource(
                uri: Self.watched, name: "watched-resource", title: "Watched resource",
                description: "A text that can be subscribed to.", mimeType: "text/plain"),
        ]
    }

    package func resourceTemplates() async throws(RPCError) -> [ResourceTemplate] {
        [
            ResourceTemplate(
                uriTemplate: "test://template/{id}/data", name: "template", title: "Template",
                description: "Data by its id.", mimeType: "application/json")
        ]
    }

    package func read(
        _ uri: String, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[ResourceContents]>? {
        switch uri {
        case "test://static-text":
            return text(uri, "text/plain", "This is the content of the static text resource.")
        case "test://static-binary":
            return .complete([
                ResourceContents(uri: uri, mimeType: "image/png", .base64(ConformanceTools.image))
            ])
        case Self.watched: return text(uri, "text/plain", "Watched resource content")
        default: break
        }
        guard uri.hasPrefix("test://template/"), uri.hasSuffix("/data") else { return nil }
        let id = String(uri.dropFirst("test://template/".count).dropLast("/data".count))
        guard !id.isEmpty, !id.contains("/") else { return nil }
        let data: JSONValue = [
            "id": .string(id), "templateTest": true, "data": .string("Data for ID: \(id)"),
        ]
        return text(uri, "application/json", JSONWriter.text(data))
    }

    private func text(_ uri: String, _ mimeType: String, _ text: String) -> Outcome<[ResourceContents]> {
        .complete([ResourceContents(uri: uri, mimeType: mimeType, .text(text))])
    }
}
