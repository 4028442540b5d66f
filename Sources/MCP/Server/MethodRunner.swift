import Basics

/// Carries out the methods that all revisions share; what surrounds their results is the matter of each world.
struct MethodRunner: Sendable {
    let server: Server

    private var content: any ServerContent { server.content }

    /// The feature that a method belongs to; nil for methods that are not shared.
    static let features: [String: Features] = [
        "tools/list": .tools, "tools/call": .tools,
        "resources/list": .resources, "resources/templates/list": .resources, "resources/read": .resources,
        "prompts/list": .prompts, "prompts/get": .prompts,
        "completion/complete": .completions,
    ]

    /// Runs a shared method.
    /// - Returns: the members of its result.
    func run(
        _ request: RPCRequest, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[String: JSONValue]> {
        guard let feature = Self.features[request.method], content.features.contains(feature) else {
            throw .unknownMethod(request.method)
        }
        switch request.method {
        case "tools/call": return try await call(request.parameters, in: context)
        case "resources/read": return try await read(request.parameters, in: context)
        case "prompts/get": return try await prompt(request.parameters, in: context)
        case "completion/complete": return .complete(try await complete(request.parameters))
        default: return .complete(try await list(request, for: context.revision))
        }
    }

    private func list(
        _ request: RPCRequest, for revision: Revision
    ) async throws(RPCError) -> [String: JSONValue] {
        let cursor = request.parameters["cursor"]
        switch request.method {
        case "tools/list":
            return try page("tools", of: try await content.tools(), request, cursor, key: \.name) {
                $0.json(for: revision)
            }
        case "resources/list":
            return try page("resources", of: try await content.resources(), request, cursor, key: \.uri) {
                $0.json(for: revision)
            }
        case "resources/templates/list":
            let templates = try await content.resourceTemplates()
            return try page("resourceTemplates", of: templates, request, cursor, key: \.uriTemplate) {
                $0.json(for: revision)
            }
        default:
            return try page("prompts", of: try await content.prompts(), request, cursor, key: \.name) {
                $0.json(for: revision)
            }
        }
    }

    private func page<Element>(
        _ member: String, of list: [Element], _ request: RPCRequest, _ cursor: JSONValue?,
        key: (Element) -> String, json: (Element) -> JSONValue
    ) throws(RPCError) -> [String: JSONValue] {
        let pager = Pager(method: request.method, size: server.limits.page)
        let (page, next) = try pager.page(of: list, after: cursor, key: key)
        var members: [String: JSONValue] = [member: .array(page.map(json))]
        members["nextCursor"] = next.map { .string($0) }
        return members
    }

    private func call(
        _ parameters: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<[String: JSONValue]> {
        guard let name = parameters["name"]?.string else {
            throw .invalidParameters("‘name’ must be the name of a tool")
        }
        let arguments: [String: JSONValue]
        switch parameters["arguments"] {
        case nil, .null?: arguments = [:]
        case .object(let given)?: arguments = given
        default: throw .invalidParameters("‘arguments’ must be an object")
        }
        let revision = context.revision
        return try await content.call(name, arguments, in: context).map { $0.json(for: revision) }
    }

    private func read(
        _ parameters: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<[String: JSONValue]> {
        guard let uri = parameters["uri"]?.string else {
            throw .invalidParameters("‘uri’ must be the address of a resource")
        }
        guard uri.utf8.count <= 2048, let outcome = try await content.read(uri, in: context) else {
            throw RPCError(
                context.revision.unknownResourceCode, "There is no resource at ‘\(uri.prefix(200))’",
                data: ["uri": .string(String(uri.prefix(200)))])
        }
        return outcome.map { ["contents": .array($0.map(\.json))] }
    }

    private func prompt(
        _ parameters: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<[String: JSONValue]> {
        guard let name = parameters["name"]?.string,
            let prompt = try await content.prompts().first(where: { $0.name == name })
        else { throw .invalidParameters("‘name’ must be the name of a prompt") }
        let arguments = try Self.texts(parameters["arguments"], "arguments")
        if let missing = prompt.arguments.first(where: { $0.isRequired && arguments[$0.name] == nil }) {
            throw .invalidParameters("The prompt ‘\(name)’ needs ‘\(missing.name)’: \(missing.description)")
        }
        let known = Set(prompt.arguments.map(\.name))
        if let unknown = arguments.keys.sorted().first(where: { !known.contains($0) }) {
            throw .invalidParameters("The prompt ‘\(name)’ has no argument ‘\(unknown)’")
        }
        let revision = context.revision
        return try await content.prompt(name, arguments, in: context).map { $0.json(for: revision) }
    }

    private func complete(_ parameters: [String: JSONValue]) async throws(RPCError) -> [String: JSONValue] {
        let place: CompletionQuestion.Place
        switch parameters["ref"]?["type"]?.string {
        case "ref/prompt"?: place = .prompt(parameters["ref"]?["name"]?.string ?? "")
        case "ref/resource"?: place = .template(parameters["ref"]?["uri"]?.string ?? "")
        default: throw .invalidParameters("‘ref’ must name a prompt or a template of resources")
        }
        guard let argument = parameters["argument"]?["name"]?.string,
            let text = parameters["argument"]?["value"]?.string
        else { throw .invalidParameters("‘argument’ must have a ‘name’ and a ‘value’") }
        let filled = try Self.texts(parameters["context"]?["arguments"], "context.arguments")
        let question = CompletionQuestion(place: place, argument: argument, text: text, filled: filled)
        guard let completion = try await content.complete(question) else {
            throw .invalidParameters("There is no blank ‘\(argument)’ there")
        }
        return ["completion": completion.json]
    }

    private static func texts(
        _ value: JSONValue?, _ name: String
    ) throws(RPCError) -> [String: String] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.object else { throw .invalidParameters("‘\(name)’ must be an object") }
        var texts: [String: String] = [:]
        for (key, value) in members {
            guard let text = value.string else { throw .invalidParameters("‘\(name).\(key)’ must be a text") }
            texts[key] = text
        }
        return texts
    }
}
