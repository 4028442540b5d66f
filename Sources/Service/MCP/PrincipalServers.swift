import Basics
import HTTP
import MCP
import Operations
import Synchronization

/// Holdfast as a server of the Model Context Protocol, as each caller may see it.
final class PrincipalServers: Sendable {
    /// All that decides which tools there are.
    private struct View: Hashable {
        let level: AccessLevel
        let toolsets: Set<Toolset>
        let isScoped: Bool
    }

    private let operations: [AnyOperation]
    private let context: OperationContext
    private let toolsets: Set<Toolset>
    private let sealer: any StateSealer
    private let executor: (any TaskExecutor)?
    private let watch = SharedWatch()
    /// Bounded by the number of views there can be, of which few are in use.
    private let catalogues = Mutex<[View: ToolCatalogue]>([:])

    /// - Parameters:
    ///   - context: what operations work with; its caller is never used.
    ///   - toolsets: those of callers whose token names none.
    ///   - executor: where requests run; nil for the system's pool.
    init(
        operations: [AnyOperation], context: OperationContext, toolsets: Set<Toolset>,
        sealer: any StateSealer, executor: (any TaskExecutor)? = nil
    ) {
        self.executor = executor
        self.operations = operations
        self.context = context
        self.toolsets = toolsets
        self.sealer = sealer
    }

    /// The server for that caller.
    func server(for principal: Principal) throws(HTTPProblem) -> Server {
        let context = context
        let catalogue = try catalogue(for: principal)
        let content = ProductContent(
            catalogue: catalogue, caller: principal.caller(surface: "mcp"),
            watch: watch
        ) { (caller, progress) async throws(OperationError) in context.with(caller, progress: progress) }
        return Server(
            information: MCPCommand.information,
            instructions: Instructions.text(for: principal.level, catalogue.names),
            content: content, sealer: PrincipalSealer(base: sealer, actor: principal.actor),
            executor: executor)
    }

    private func catalogue(for principal: Principal) throws(HTTPProblem) -> ToolCatalogue {
        let view = View(
            level: principal.level, toolsets: principal.effective(toolsets),
            isScoped: principal.scope != .all)
        if let known = catalogues.withLock({ $0[view] }) { return known }
        let catalogue: ToolCatalogue
        do {
            catalogue = try ToolCatalogue(
                operations, level: view.level, toolsets: view.toolsets, isScoped: view.isScoped)
        } catch {
            context.log.error("an operation does not tell its output", ["reason": .string("\(error)")])
            throw HTTPProblem(.internalServerError, code: "internal-failure", "The tools cannot be told")
        }
        catalogues.withLock { $0[view] = catalogue }
        return catalogue
    }
}

/// Seals what one caller carries, so that nobody else's requests can use it.
private struct PrincipalSealer: StateSealer {
    let base: any StateSealer
    let actor: String

    func seal(_ bytes: [UInt8], for purpose: [UInt8]) -> String { base.seal(bytes, for: bound(purpose)) }

    func open(_ text: String, for purpose: [UInt8]) -> [UInt8]? { base.open(text, for: bound(purpose)) }

    private func bound(_ purpose: [UInt8]) -> [UInt8] { Array(actor.utf8) + [0] + purpose }
}
