public import Basics

/// What a server has to offer: the product behind the protocol.
///
/// One value serves one caller: what that caller may not do is not in it. Lists are told whole, in an order that does
/// not change by itself; the server pages them.
public protocol ServerContent: Sendable {
    /// What there is at all; the rest is never asked for.
    var features: Features { get }

    /// The tools.
    func tools() async throws(RPCError) -> [Tool]

    /// Runs a tool; cancelling the task ends it at its next safe point.
    /// - Throws: `invalidParameters` for an unknown name. Work that fails is a result with `isError`.
    func call(
        _ tool: String, _ arguments: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<ToolResult>

    /// The resources that can be listed.
    func resources() async throws(RPCError) -> [Resource]

    /// The families of resources.
    func resourceTemplates() async throws(RPCError) -> [ResourceTemplate]

    /// Reads a resource; nil where there is none at that address.
    func read(
        _ uri: String, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[ResourceContents]>?

    /// Whether this caller may hear of changes of what is at that address.
    func isKnown(_ uri: String) async -> Bool

    /// The prompts.
    func prompts() async throws(RPCError) -> [Prompt]

    /// Fills a prompt in; the required arguments are there.
    func prompt(
        _ name: String, _ arguments: [String: String], in context: RequestContext
    ) async throws(RPCError) -> Outcome<PromptResult>

    /// What may stand in a blank; nil where there is no such blank.
    func complete(_ question: CompletionQuestion) async throws(RPCError) -> Completion?

    /// News, from now on until the caller's task is cancelled; asked for only while somebody wants them.
    func changes() -> AsyncStream<Change>

    /// The task of that id; nil where there is none.
    func task(_ id: String) async throws(RPCError) -> TaskView?

    /// Gives a task what it asked for; nil where there is none.
    func update(_ task: String, answers: [String: JSONValue]) async throws(RPCError) -> TaskView?

    /// Asks a task to end; nil where there is none.
    func cancel(_ task: String) async throws(RPCError) -> TaskView?
}

extension ServerContent {
    /// Whatever is asked for, as its changes say nothing but that there are some.
    public func isKnown(_ uri: String) async -> Bool { true }
}

/// What a server has.
public struct Features: OptionSet, Sendable {
    /// The number of the set.
    public let rawValue: Int

    /// A set by its number.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Things to be done.
    public static let tools = Features(rawValue: 1)
    /// Things to be read.
    public static let resources = Features(rawValue: 2)
    /// Texts to begin with.
    public static let prompts = Features(rawValue: 4)
    /// Help with filling in.
    public static let completions = Features(rawValue: 8)
    /// Messages on what goes on.
    public static let logging = Features(rawValue: 16)
    /// Work that goes on after its request was answered.
    public static let tasks = Features(rawValue: 32)
    /// The lists change while the server runs, and it tells so.
    public static let changingTools = Features(rawValue: 64)
    /// The same for prompts.
    public static let changingPrompts = Features(rawValue: 128)
    /// The same for resources.
    public static let changingResources = Features(rawValue: 256)
    /// It tells when a resource changed.
    public static let subscriptions = Features(rawValue: 512)
}

/// Something changed.
public enum Change: Sendable, Hashable {
    case tools
    case prompts
    case resources
    /// The resource at that address.
    case resource(String)
    /// The task of that id.
    case task(String)
}

extension ServerContent {
    /// None.
    public func tools() async throws(RPCError) -> [Tool] { [] }

    /// Knows no tool.
    public func call(
        _ tool: String, _ arguments: [String: JSONValue], in context: RequestContext
    ) async throws(RPCError) -> Outcome<ToolResult> {
        throw .invalidParameters("There is no tool ‘\(tool)’")
    }

    /// None.
    public func resources() async throws(RPCError) -> [Resource] { [] }

    /// None.
    public func resourceTemplates() async throws(RPCError) -> [ResourceTemplate] { [] }

    /// Knows no resource.
    public func read(
        _ uri: String, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[ResourceContents]>? { nil }

    /// None.
    public func prompts() async throws(RPCError) -> [Prompt] { [] }

    /// Knows no prompt.
    public func prompt(
        _ name: String, _ arguments: [String: String], in context: RequestContext
    ) async throws(RPCError) -> Outcome<PromptResult> {
        throw .invalidParameters("There is no prompt ‘\(name)’")
    }

    /// Knows no blank.
    public func complete(_ question: CompletionQuestion) async throws(RPCError) -> Completion? { nil }

    /// Nothing ever changes.
    public func changes() -> AsyncStream<Change> { AsyncStream { $0.finish() } }

    /// Knows no tasks.
    public func task(_ id: String) async throws(RPCError) -> TaskView? { nil }

    /// Knows no tasks.
    public func update(_ task: String, answers: [String: JSONValue]) async throws(RPCError) -> TaskView? {
        nil
    }

    /// Knows no tasks.
    public func cancel(_ task: String) async throws(RPCError) -> TaskView? { nil }
}
