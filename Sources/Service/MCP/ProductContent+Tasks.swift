package import Basics
package import MCP
import Operations

extension ProductContent {
    /// Whether long work can be followed as a task of the protocol: that is a job under another name.
    var hasTasks: Bool { catalogue["get_job"] != nil }

    package func task(_ id: String) async throws(RPCError) -> TaskView? {
        try await job("get_job", ["job": .string(id)])
    }

    /// A job asks nothing on its way, so that there is nothing to answer.
    package func update(_ task: String, answers: [String: JSONValue]) async throws(RPCError) -> TaskView? {
        try await self.task(task)
    }

    package func cancel(_ task: String) async throws(RPCError) -> TaskView? {
        guard let view = try await self.task(task) else { return nil }
        guard view.state == .working else { return view }
        guard catalogue["cancel_job"] != nil else {
            throw RPCError(1000, "This connection may not end jobs", data: ["code": "level-too-low"])
        }
        return try await job("cancel_job", ["job": .string(task), "wait": 0])
    }

    private func job(_ tool: String, _ arguments: [String: JSONValue]) async throws(RPCError) -> TaskView? {
        guard let tool = catalogue[tool] else { return nil }
        do throws(OperationError) {
            let context = try await makeContext(caller, SilentProgress())
            let job = try await tool.operation.call(arguments, in: context).json
            return JobTask.view(of: TerminalText.escapeTree(job))
        } catch {
            if error.code.category == .notFound { return nil }
            throw RPCError(1000, "\(error)", data: ["code": .string(error.code.rawValue)])
        }
    }
}

/// A job as the protocol's tasks show it.
enum JobTask {
    /// The task that a tool's result stands for; nil where it is no job.
    static func view(of result: ToolResult) -> TaskView? { result.structured.flatMap { view(of: $0) } }

    /// The task that a job stands for.
    static func view(of job: JSONValue) -> TaskView? {
        guard let id = job["job"]?.string, let word = job["state"]?.string,
            let started = job["started"]?.string, let updated = job["updated"]?.string
        else { return nil }
        return TaskView(
            id: id, state: state(word, job), message: job["phase"]?.string ?? "", created: started,
            updated: updated, lifetime: nil, pollInterval: 1000)
    }

    private static func state(_ word: String, _ job: JSONValue) -> TaskView.State {
        guard job["isFinished"] == true else { return .working }
        if word == "cancelled" { return .cancelled }
        let result = ToolResult(
            [.text(JSONWriter.text(job))], structured: job, isError: word != "done" && word != "partial")
        return .completed(result)
    }
}
