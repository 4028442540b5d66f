import Basics

/// The fixtures that take their time, or fail after it.
struct ConformanceTasks {
    let shelf: TaskShelf
    let context: RequestContext
    let arguments: [String: JSONValue]

    /// What became of the tool; nil for all others.
    func outcome(of tool: String) async throws(RPCError) -> Outcome<ToolResult>? {
        switch tool {
        case "greet": return .complete(said("Hello, \(arguments["name"]?.string ?? "")!"))
        case "slow_compute": return await slow()
        case "failing_job":
            return .task(
                try await begun { _ in .completed(ToolResult([.text("The job failed")], isError: true)) })
        case "protocol_error_job": return .task(try await begun { _ in .failed(.internalFailure) })
        case "confirm_delete": return .task(try await confirming())
        case "multi_input": return .task(try await asking())
        case "test_tool_with_task": return try await later()
        default: return nil
        }
    }

    private func said(_ text: String) -> ToolResult { ToolResult([.text(text)]) }

    /// Begins work that only a client that takes tasks can have done.
    private func begun(
        _ body: @escaping @Sendable (TaskShelf.Handle) async -> TaskView.State
    ) async throws(RPCError) -> TaskView {
        guard context.takesTasks else {
            throw .missingCapability(
                ["extensions": [TaskView.extensionName: [:]]], "This needs a client that takes tasks")
        }
        return await shelf.begin(body)
    }

    private func slow() async -> Outcome<ToolResult> {
        let seconds = min(max(arguments["seconds"]?.double ?? 0, 0), 600)
        let result = said("Computed \(arguments["label"]?.string ?? "")")
        guard context.takesTasks else {
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return .complete(said("Cancelled")) }
            return .complete(result)
        }
        let task = await shelf.begin { _ in
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return .cancelled }
            return .completed(result)
        }
        return .task(task)
    }

    private func confirming() async throws(RPCError) -> TaskView {
        let name = arguments["filename"]?.string ?? ""
        return try await begun { handle in
            let form = InputRequest.form(
                message: "Delete \(name)?",
                schema: ["type": "object", "properties": ["confirm": ["type": "boolean"]]])
            guard let answers = await handle.ask(["confirm": form]) else { return .cancelled }
            let isMeant = answers["confirm"]?["action"] == "accept"
            return .completed(ToolResult([.text(isMeant ? "Deleted \(name)" : "Nothing was done")]))
        }
    }

    private func asking() async throws(RPCError) -> TaskView {
        try await begun { handle in
            let requests = ["first": "First?", "second": "Second?"].mapValues {
                ConformanceForms.form($0, ["value"])
            }
            guard let answers = await handle.ask(requests) else { return .cancelled }
            return .completed(ToolResult([.text("Answers: \(answers.keys.sorted().joined(separator: ","))")]))
        }
    }

    /// Asks first, and only then begins the task.
    private func later() async throws(RPCError) -> Outcome<ToolResult> {
        guard let name = context.answers["user_name"]?["content"]?["name"]?.string else {
            return .inputRequired(
                InputDemand(["user_name": ConformanceForms.form("What is your name?", ["name"])]))
        }
        return .task(try await begun { _ in .completed(ToolResult([.text("Hello, \(name)!")])) })
    }
}
