import Basics

/// The methods of the tasks extension.
struct TaskMethods: Sendable {
    let server: Server
    let world: ModernWorld

    /// Runs one of them.
    func run(_ request: RPCRequest, client: ClientFacts) async throws(RPCError) -> JSONValue {
        guard server.content.features.contains(.tasks) else { throw .unknownMethod(request.method) }
        guard client.has(extension: TaskView.extensionName) else {
            throw .missingCapability(
                ["extensions": [TaskView.extensionName: [:]]],
                "Tasks need a client that declares ‘\(TaskView.extensionName)’")
        }
        guard let id = request.parameters["taskId"]?.string else {
            throw .invalidParameters("‘taskId’ must be the id of a task")
        }
        let task: TaskView?
        switch request.method {
        case "tasks/get": task = try await server.content.task(id)
        case "tasks/update":
            guard let answers = request.parameters["inputResponses"]?.object else {
                throw .invalidParameters("‘inputResponses’ must be an object")
            }
            task = try await server.content.update(id, answers: answers)
        default: task = try await server.content.cancel(id)
        }
        guard let task else { throw .invalidParameters("There is no task ‘\(id.prefix(100))’") }
        let members = request.method == "tasks/get" ? task.details(for: world.revision) : [:]
        return world.complete(members, of: request.method)
    }
}
