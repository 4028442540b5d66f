package import Basics
package import MCP
package import Operations

/// Holdfast as a server of the Model Context Protocol, for one connection.
package struct ProductContent: ServerContent {
    /// Builds what operations work with, for that caller.
    package typealias ContextBuilder =
        @Sendable (_ caller: Caller, _ progress: any ProgressReporter) async throws(OperationError) ->
        OperationContext

    let catalogue: ToolCatalogue
    /// Who is at the other end; the name of their client is added.
    let caller: Caller
    let makeContext: ContextBuilder
    /// What tells of changes to several connections; nil where this is the only one.
    let watch: SharedWatch?

    package init(
        catalogue: ToolCatalogue, caller: Caller, watch: SharedWatch? = nil,
        makeContext: @escaping ContextBuilder
    ) {
        self.catalogue = catalogue
        self.caller = caller
        self.watch = watch
        self.makeContext = makeContext
    }

    package var features: Features {
        let all: Features = [
            .tools, .resources, .prompts, .completions, .logging, .changingResources, .subscriptions,
        ]
        return hasTasks ? all.union(.tasks) : all
    }

    package func tools() async throws(RPCError) -> [Tool] { catalogue.tools.map(\.tool) }

    package func call(
        _ name: String, _ arguments: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<ToolResult> {
        guard let tool = catalogue[name] else {
            throw .invalidParameters("There is no tool ‘\(name.prefix(100))’")
        }
        let log = CallLog(request: context, tool: name)
        log.began()
        do throws(OperationError) {
            let result = try await answer(tool, arguments, context)
            log.ended(result.structured ?? .null)
            if tool.isJob, context.takesTasks, hasTasks, let view = JobTask.view(of: result) {
                return .task(view)
            }
            return .complete(result)
        } catch {
            log.failed(error)
            return .complete(ErrorAnswer(error, known: catalogue.names, commands: catalogue.commands).result)
        }
    }

    private func answer(
        _ tool: OperationTool, _ given: [String: JSONValue], _ request: RequestContext
    ) async throws(OperationError) -> ToolResult {
        var arguments = given
        let page = try PageRequest(&arguments, of: tool.name)
        try tool.check(arguments)
        let isLimited =
            tool.list != nil
            && tool.operation.fields.contains { $0.name == OperationTool.Argument.limit }
        var read = page.needed
        if isLimited { arguments[OperationTool.Argument.limit] = .int(Int64(read)) }
        if tool.isJob { arguments[AnyOperation.backgroundName] = true }
        let context = try await self.context(for: request, of: tool)
        var result = try await called(tool, arguments, context)
        while isLimited, read < Self.longestList, let list = tool.list,
            page.isBehind(
                TerminalText.escapeTree(result.json[list] ?? nil).array ?? [], of: read, key: tool.key)
        {
            read = min(read * 8, Self.longestList)
            arguments[OperationTool.Argument.limit] = .int(Int64(read))
            result = try await called(tool, arguments, context)
        }
        let answer = Answer(tool: tool, page: page, result: result, known: catalogue.byName)
        let json = try answer.json(arguments)
        return ToolResult([.text(JSONWriter.text(json))], structured: json)
    }

    /// The most entries of a list that are looked through for the one behind which a page begins.
    private static let longestList = 1_000_000

    /// What an operation works with when that request calls it; its news go to the client.
    func context(
        for request: RequestContext, of tool: OperationTool
    ) async throws(OperationError) -> OperationContext {
        let context = try await makeContext(caller.using(request.client), SilentProgress())
        let log = CallLog(request: request, tool: tool.name)
        return context.with(
            context.caller, progress: ProgressRelay(log: log, redactor: context.services.redactor))
    }
}

extension ProductContent {
    /// How long a call may wait for the end of a job; clients give up after a minute.
    private static let patience: Duration = .seconds(25)
    private static let follow = "follow"

    /// Runs the operation; where it would wait for an end, only for so long.
    private func called(
        _ tool: OperationTool, _ arguments: [String: JSONValue], _ context: OperationContext
    ) async throws(OperationError) -> OperationResult {
        guard arguments[Self.follow] == true else {
            return try await tool.operation.call(arguments, in: context)
        }
        let outcome = await withTaskGroup(of: Result<OperationResult, OperationError>?.self) { group in
            group.addTask {
                do throws(OperationError) {
                    return .success(try await tool.operation.call(arguments, in: context))
                } catch { return .failure(error) }
            }
            group.addTask {
                do { try await Task.sleep(for: Self.patience) } catch { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let outcome { return try outcome.get() }
        var short = arguments
        short[Self.follow] = nil
        return try await tool.operation.call(short, in: context)
    }
}

extension OperationTool {
    /// Refuses what this surface does not offer; those of `Argument` are taken out of `arguments` before.
    func check(_ arguments: [String: JSONValue]) throws(OperationError) {
        var names = fields.map(\.name)
        guard let unknown = arguments.keys.sorted().first(where: { !names.contains($0) }) else { return }
        if list != nil {
            names =
                names.filter { $0 != Argument.limit } + [Argument.limit, Argument.cursor, Argument.format]
        }
        throw OperationError(
            .argumentUnknown, "‘\(unknown.prefix(60))’ is no argument of ‘\(name)’",
            hint: names.isEmpty ? "It takes none." : "It takes: \(names.joined(separator: ", ")).")
    }
}

extension Caller {
    /// The same, with the name that their client gives itself; it proves nothing.
    func using(_ client: ClientFacts) -> Caller {
        func plain(_ text: String) -> String {
            String(decoding: text.utf8.lazy.filter(Self.isPlain).prefix(40), as: UTF8.self)
        }
        let words = [plain(client.name), plain(client.version)].filter { !$0.isEmpty }
        guard !words.isEmpty else { return self }
        return through("\(surface) \(words.joined(separator: " "))")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ".-_ ".utf8.contains(byte)
        }
    }
}
